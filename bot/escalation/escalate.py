"""The escalation ladder at work: page each tier when its time comes, until somebody is on the way."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot import outbox
from bot.directory.administrators import administrators_channel_id
from bot.errors import WatchfloorError
from bot.escalation import ladder, ladder_tables, paging, rules, tables, wording
from bot.escalation.paging import Occasion, Recipient
from bot.escalation.rules import Rung, StopsOn
from bot.escalation.tables import Answer
from bot.incidents import incidents
from bot.incidents import rules as incident_rules
from bot.incidents.change import changing
from bot.incidents.drills import check_may_page
from bot.incidents.people import people
from bot.incidents.roles import lead_of
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.text import channel_link, escape
from bot.timeline import timeline

REASONS = {
    StopsOn.COMMANDER: "no commander is named yet",
    StopsOn.ACKNOWLEDGED: "nobody is on the way yet",
}


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
