"""The escalation ladder at work: page each tier when its time comes, and when nobody answers."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot import outbox
from bot.directory.administrators import administrators_channel_id
from bot.errors import WatchfloorError
from bot.escalation import ladder, ladder_tables, paging, rules, tables, wording
from bot.escalation.ladder import mark_stale
from bot.escalation.paging import Occasion, Recipient
from bot.escalation.rules import ANSWER_WITHIN, Rung, StopsOn
from bot.escalation.tables import Answer, Page
from bot.incidents import incidents
from bot.incidents import rules as incident_rules
from bot.incidents.change import Change, changing
from bot.incidents.drills import check_may_page, may_page
from bot.incidents.events import AnswerOverdue, HandoverUnaccepted
from bot.incidents.people import known_people, people
from bot.incidents.roles import lead_of
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.text import channel_link, escape
from bot.timeline import timeline

REASONS = {
    StopsOn.COMMANDER: "no commander is named yet",
    StopsOn.ACKNOWLEDGED: "nobody is on the way yet",
}
SILENCE_REASON = "you are on the way, and nobody leads yet"


class NoLadder(WatchfloorError):
    """A {severity} has no escalation ladder on this floor. `/incident page @someone reason` tells a person."""


class SomebodyNamed(WatchfloorError):
    """`/incident escalate` pages the next tier of the ladder, whoever that is, so nobody was paged.
    `/incident page @someone reason` pages a person or a group."""


class LadderExhausted(WatchfloorError):
    """Everyone on the escalation ladder has been paged. `/incident page @someone reason` pages a person by name."""


class ClimbRequest(BaseModel):
    """The rung whose turn it is."""

    number: int
    position: int
    due_at: datetime


@flow
def climb(services: Services, request: ClimbRequest) -> None:
    """Look up whom of the tier can be paged, page them, and show it."""
    recipients = look(services, request.number, request.position)
    take_turn(services, request, recipients)


@step
def look(services: Services, number: int, position: int) -> list[dict[str, str]]:
    """Everyone on the tier except the declarer and those who already said that they can't come."""
    with services.database.reading() as session:
        incident = incidents.by_number(session, number)
        names = ladder_tables.ladder(session, number)[position].tell
        declined = {page.user_id for page in tables.pages(session, number) if page.answer == Answer.CANNOT}
    user_ids = [
        user_id for user_id in people(services, number, names) if user_id not in (incident.declared_by, *declined)
    ]
    return [recipient.model_dump() for recipient in paging.with_obstacles(services, user_ids)]


@step
def take_turn(services: Services, request: ClimbRequest, recipients: list[dict[str, str]]) -> None:
    """Page the tier, or report the top, in one transaction, unless the clock was stopped meanwhile."""
    now = max(utcnow(), request.due_at)
    administrators_channel = administrators_channel_id(services)
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, request.number)
        rungs = ladder_tables.ladder(session, request.number)
        rung = rungs[request.position]
        if not rung.is_waiting or rung.due_at is None or rung.due_at > now:
            return
        if incident.status not in OPEN:
            ladder.end(session, request.number)
            return
        rungs = rules.mark_told(rungs, rung.position)
        ladder_tables.save_ladder(session, request.number, rungs)
        if rung.is_top:
            _report_ladder_exhausted(session, incident, administrators_channel, now)
        elif not paging.page_people(
            session, services, incident, _recipients(recipients), _page_occasion(rung, rungs, now)
        ):
            if not recipients:
                _report_nobody(session, incident, rung, now)
            ladder.advance(session, request.number, now)
        ladder.mark_stale(session, request.number)


def _recipients(stored: list[dict[str, str]]) -> list[Recipient]:
    return [Recipient.model_validate(person) for person in stored]


def _page_occasion(rung: Rung, rungs: rules.Ladder, now: datetime) -> Occasion:
    return Occasion(
        key=f"tier {rung.position}",
        reason=rung.early_because or REASONS[StopsOn(rung.stops_on)],
        tier=rung.position,
        answer_by=rules.answer_by(rungs, now),
    )


def _report_ladder_exhausted(
    session: Session, incident: Incident, administrators_channel: str | None, now: datetime
) -> None:
    """Tell the lead, or else the declarer, that the top is reached and nobody else will be paged."""
    number = incident.number
    timeline.append(session, number, "ladder_topped", now)
    lead = lead_of(session, incident)
    channel = channel_link(incident.channel_id or "")
    text = wording.LADDER_EXHAUSTED.format(number=number, where=channel)
    key = f"unanswered:{number}:{now.isoformat()}"
    outbox.post(session, key, lead, text, now, incident_id=number)
    if administrators_channel:
        administrators_text = wording.NOBODY_ANSWERED.format(
            number=number, severity=incident.severity, where=channel
        )
        outbox.post(
            session, f"{key}:administrators", administrators_channel, administrators_text, now, incident_id=number
        )


def _report_nobody(session: Session, incident: Incident, rung: Rung, now: datetime) -> None:
    """Tell the lead that a tier's names match nobody, such as a misspelt group."""
    number = incident.number
    lead = lead_of(session, incident)
    names = ", ".join(escape(name) for name in rung.tell)
    text = wording.NOBODY_ON_TIER.format(
        tier=rung.position + 1, number=number, names=names, where=channel_link(incident.channel_id or "")
    )
    outbox.post(session, f"nobody:{number}:{rung.position}:{now.isoformat()}", lead, text, now, incident_id=number)


def start_due(services: Services, now: datetime) -> None:
    """Start a flow for every tier that is due; the key makes it run once across all replicas."""
    with services.database.reading() as session:
        due = ladder_tables.due(session, now)
    for number, position, due_at in due:
        request = ClimbRequest(number=number, position=position, due_at=due_at)
        services.flows.start_once(f"climb:{number}:{position}:{due_at.isoformat()}", climb, request)


def escalate_now(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """Page the next tier at once, regardless of the clock. Return the answer."""
    with changing(services, number, by, now) as change:
        session, incident = change.session, change.incident
        incident_rules.check_may_change(number, incident.status)
        check_may_page(services, incident)
        rungs = ladder_tables.ladder(session, number)
        if not rungs:
            raise NoLadder(severity=incident.severity)
        next_tier = rules.next_rung(rungs)
        if next_tier is None or next_tier.is_top:
            raise LadderExhausted()
        # The later tiers are told too, even while somebody leads.
        hurried = rules.bring_forward(rungs, now, wording.more_people(reason), is_reason_of_all=True)
        ladder_tables.save_ladder(session, number, hurried)
        ladder.mark_stale(session, number)
        change.log("escalated", tier=next_tier.position + 1, reason=reason)
    start_due(services, now)
    names = ", ".join(escape(name) for name in next_tier.tell)
    return wording.TIER_PAGED.format(tier=next_tier.position + 1, names=names)


def page_next_people(change: Change, event: HandoverUnaccepted) -> None:
    """Page the next tier, or else the last one told, to see to it. The commander stays in command."""
    _page_next_tier(change, event.key, "a handover of command has not been accepted", (event.old, event.new))


def page_for_answer(change: Change, event: AnswerOverdue) -> None:
    """Do the same for any other request that waits for an answer."""
    _page_next_tier(change, event.key, event.reason, event.asked)


def _page_next_tier(change: Change, key: str, reason: str, asked_ids: Sequence[str]) -> None:
    session, number = change.session, change.number
    recipients = _next_recipients(change, asked_ids)
    if not recipients or not may_page(change.services, change.incident):
        return
    occasion = Occasion(key=key, reason=reason, answer_by=change.now + ANSWER_WITHIN)
    paging.page_people(session, change.services, change.incident, recipients, occasion)
    mark_stale(session, number)


def _next_recipients(change: Change, asked_ids: Sequence[str]) -> list[Recipient]:
    """The people of the first tier that has anybody else: of those waiting, then of those told, the last first."""
    session, number = change.session, change.number
    tiers = [rung for rung in ladder_tables.ladder(session, number) if rung.tell]
    waiting_tiers = [rung for rung in tiers if rung.is_waiting]
    for rung in [*waiting_tiers, *reversed(tiers)]:
        people = known_people(session, change.services, number, rung.tell, change.now)
        if recipients := [Recipient(user_id=user_id) for user_id in people if user_id not in asked_ids]:
            return recipients
    return []


def ask_to_take_command(services: Services, now: datetime) -> None:
    """Ask people who have been on the way for a while to take command, as nobody leads yet."""
    with services.database.reading() as session:
        numbers = dict.fromkeys(page.incident_id for page in tables.due_arrivals(session, now))
    for number in numbers:
        with services.database.transaction() as session:
            _ask(session, services, incidents.by_number_locked(session, number), now)


def _ask(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    # Read again under the lock: another replica may have asked.
    due_pages = [
        page for page in tables.pages(session, incident.number) if page.arrive_by and page.arrive_by <= now
    ]
    for page in due_pages:
        page.arrive_by = None
    session.flush()
    if not due_pages or not may_page(services, incident):
        return
    recipients = [Recipient(user_id=user_id) for user_id in dict.fromkeys(page.user_id for page in due_pages)]
    key = f"{tables.ARRIVAL}{now.isoformat()}"
    occasion = Occasion(key=key, reason=SILENCE_REASON, answer_by=now + ANSWER_WITHIN)
    paging.page_people(session, services, incident, recipients, occasion)
    ladder.mark_stale(session, incident.number)


def record_silences(services: Services, now: datetime) -> None:
    """Record people who did not answer in time as silent; they may still answer."""
    with services.database.reading() as session:
        overdue = [(page.incident_id, page.number) for page in tables.overdue_answers(session, now)]
    for number, page_id in overdue:
        with services.database.transaction() as session:
            incident = incidents.by_number_locked(session, number)
            if page := tables.mark_silent(session, page_id, now):
                timeline.append(session, number, "page_unanswered", now, user=page.user_id)
                if page.asks_to_lead:
                    _go_on_without(session, incident, page, now)
                outbox.mark_stale(session, number, (kinds.LADDER,))


def _go_on_without(session: Session, incident: Incident, page: Page, now: datetime) -> None:
    """Page the next tier, as the person on the way neither took command nor answered."""
    tables.lapse(session, incident.number, page.user_id)
    if incident.status in OPEN and not tables.is_awaited(session, incident.number):
        ladder.advance(session, incident.number, now)
    ladder.mark_stale(session, incident.number)
