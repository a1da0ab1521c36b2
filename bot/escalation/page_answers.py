"""*On my way* and *Can't*: the answers of the people who were paged."""

from datetime import datetime

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.escalation import ladder, rules, tables, wording
from bot.escalation.escalate import start_due
from bot.escalation.tables import Answer, Page
from bot.incidents import incidents
from bot.incidents import rules as incident_rules
from bot.incidents.invitations import invite_participant
from bot.incidents.permissions import check_member
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link
from bot.timeline import timeline


class NotAsked(WatchfloorError):
    """You were not asked to come, so there is nothing to turn down."""


def on_my_way(services: Services, number: int, by: str, now: datetime) -> str:
    """Record that somebody is coming: stop the clock and invite them. Returns the answer for the user."""
    check_member(services, by)
    with services.database.transaction() as session:
        incident, pages = _pages_of_person(session, number, by)
        if any(page.answer == Answer.COMING for page in pages):
            return wording.coming_already(channel_link(incident.channel_id or ""))
        for page in pages or [_volunteer(session, number, by, now)]:
            _set_answer(session, page, Answer.COMING, now)
        ladder.responder_coming(session, number)
        timeline.append(session, number, "on_my_way", now, by)
        invite_participant(session, number, by, now)
    return wording.coming(channel_link(incident.channel_id or ""))


def cannot(services: Services, number: int, by: str, now: datetime) -> str:
    """Record that somebody can't come, and page the next tier at once. Returns the answer for the user."""
    check_member(services, by)
    with services.database.transaction() as session:
        _, pages = _pages_of_person(session, number, by)
        if not pages:
            raise NotAsked()
        was_coming = any(page.answer == Answer.COMING for page in pages)
        if all(page.answer == Answer.CANNOT for page in pages):
            return wording.CANNOT_ALREADY
        for page in pages:
            _set_answer(session, page, Answer.CANNOT, now)
        timeline.append(session, number, "page_declined", now, by)
        if _leaves_nobody(session, number, pages, was_coming=was_coming):
            ladder.advance(session, number, now)
        ladder.mark_stale(session, number)
    start_due(services, now)
    return wording.CANNOT


def _pages_of_person(session: Session, number: int, by: str) -> tuple[Incident, list[Page]]:
    """The open incident and this person's pages for it; outsiders to a private incident learn nothing."""
    incident = incidents.by_number_locked(session, number)
    pages = list(tables.pages_of_person(session, number, by))
    if not pages:
        incidents.check_visible(session, incident, by)
    incident_rules.check_may_change(number, incident.status)
    return incident, pages


def _set_answer(session: Session, page: Page, answer: Answer, now: datetime) -> None:
    page.answer, page.answered_at, page.answer_by = answer, now, None
    session.add(page)


def _volunteer(session: Session, number: int, by: str, now: datetime) -> Page:
    page = Page(incident_id=number, occasion=tables.VOLUNTEER, user_id=by, told_at=now)
    return tables.add_page(session, page) or tables.existing_page(session, page)


def _leaves_nobody(session: Session, number: int, pages: list[Page], *, was_coming: bool) -> bool:
    """True if this person's refusal is why the next tier must be paged: nobody else comes or was paged later."""
    if any(page.answer == Answer.COMING for page in tables.pages(session, number)):
        return False
    last_rung = rules.last_told(tables.ladder(session, number))
    return was_coming or (last_rung is not None and any(page.tier == last_rung.position for page in pages))
