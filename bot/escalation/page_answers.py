"""*On my way* and *Can't*: the answers of the people who were paged."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.errors import WatchfloorError
from bot.escalation import ladder, ladder_tables, rules, tables, wording
from bot.escalation.escalate import start_due
from bot.escalation.tables import Answer, Page
from bot.incidents import incidents
from bot.incidents import rules as incident_rules
from bot.incidents.change import Change
from bot.incidents.events import MembersChanged
from bot.incidents.invitations import invite_participant
from bot.incidents.permissions import changing_as
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link, mention, mentions
from bot.timeline import timeline


class NotAsked(WatchfloorError):
    """You were not asked to come, so there is nothing to turn down."""


def on_my_way(services: Services, number: int, by: str, now: datetime) -> str:
    """Record that somebody is coming: stop the clock and invite them. Return the answer."""
    with changing_as(services, by) as session:
        incident, pages = _pages_of_person(session, number, by)
        if pages and all(page.answer == Answer.COMING for page in pages):
            return wording.COMING_ALREADY.format(where=channel_link(incident.channel_id or ""))
        arrive_by = ladder.arrival_deadline(session, services, incident, now)
        for page in pages or [_volunteer(session, number, by, now)]:
            _set_answer(page, Answer.COMING, now)
            page.arrive_by = arrive_by
        ladder.responder_coming(session, number)
        timeline.append(session, number, "on_my_way", now, by)
        invite_participant(session, number, by, now)
    return wording.COMING.format(where=channel_link(incident.channel_id or ""))


def cannot(services: Services, number: int, by: str, now: datetime) -> str:
    """Record that somebody can't come; tell those who asked for them by name, or page the next tier at once.

    Return the answer.
    """
    with changing_as(services, by) as session:
        incident, pages = _pages_of_person(session, number, by)
        if not pages:
            raise NotAsked()
        was_coming = any(page.answer == Answer.COMING for page in pages)
        declined = [page for page in pages if page.answer != Answer.CANNOT]
        if not declined:
            return wording.CANNOT_ALREADY
        for page in declined:
            _set_answer(page, Answer.CANNOT, now)
        timeline.append(session, number, "page_declined", now, by)
        pages_others = _leaves_nobody(session, number, pages, was_coming=was_coming) and ladder.advance(
            session, number, now
        )
        asked_by = _tell_who_asked(session, incident, declined, now)
        ladder.mark_stale(session, number)
    start_due(services, now)
    return wording.cannot(mentions(asked_by), pages_others=pages_others)


def release_people_who_left(change: Change, event: MembersChanged) -> None:
    """Ask nothing more of people who left a private incident's channel: a page would let them in again."""
    for user_id in event.left:
        for page in tables.pages_of_person(change.session, change.number, user_id):
            if page.answer != Answer.COMING:
                _set_answer(page, Answer.LEFT, change.now)
    ladder.mark_stale(change.session, change.number)


def _tell_who_asked(session: Session, incident: Incident, declined: list[Page], now: datetime) -> list[str]:
    """Tell those who paged this person by name, because no ladder goes on for them. Returns their ids."""
    pages_by_asker = {page.asked_by_other: page for page in declined if page.asked_by_other}
    for asked_by, page in pages_by_asker.items():
        text = wording.CANNOT_COME.format(
            person=mention(page.user_id), number=incident.number, where=channel_link(incident.channel_id or "")
        )
        key = f"cannot:{page.number}:{now.isoformat()}"
        outbox.post(session, key, asked_by, text, now, incident_id=incident.number)
    return list(pages_by_asker)


def _pages_of_person(session: Session, number: int, by: str) -> tuple[Incident, list[Page]]:
    """The open incident and this person's pages for it; outsiders to a private incident learn nothing."""
    incident = incidents.by_number_locked(session, number)
    pages = list(tables.pages_of_person(session, number, by))
    if not pages:
        incidents.check_visible(session, incident, by)
    incident_rules.check_may_change(number, incident.status)
    return incident, pages


def _set_answer(page: Page, answer: Answer, now: datetime) -> None:
    page.answer, page.answered_at, page.answer_by, page.arrive_by = answer, now, None, None


def _volunteer(session: Session, number: int, by: str, now: datetime) -> Page:
    page = Page(incident_id=number, occasion=tables.VOLUNTEER, user_id=by, told_at=now)
    return tables.add_page(session, page) or tables.existing_page(session, page)


def _leaves_nobody(session: Session, number: int, pages: list[Page], *, was_coming: bool) -> bool:
    """True if this person's refusal is why the next tier must be paged: nobody else comes or was paged later."""
    if tables.is_awaited(session, number):
        return False
    last_rung = rules.last_told(ladder_tables.ladder(session, number))
    return was_coming or (last_rung is not None and any(page.tier == last_rung.position for page in pages))
