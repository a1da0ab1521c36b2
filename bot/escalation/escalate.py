"""The escalation ladder at work: who is next is told when their time comes, until somebody is on the way."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.directory.administrators import administrators
from bot.errors import WatchfloorError
from bot.escalation import ladder, paging, rules, tables
from bot.escalation.paging import Found, Occasion
from bot.escalation.rules import Rung, StopsOn
from bot.escalation.tables import Answer
from bot.incidents import rules as incident_rules
from bot.incidents import tables as incidents
from bot.incidents.change import changing
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.outbox import tables as outbox
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.slack.text import channel_link, escape
from bot.timeline import tables as timeline

REASONS = {
    StopsOn.COMMANDER: "no commander is named yet",
    StopsOn.ACKNOWLEDGED: "nobody said yet that they are on the way",
}


class NoLadder(WatchfloorError):
    """A {severity} has no escalation ladder on this floor. `/incident page @someone reason` tells a person."""


class TopReached(WatchfloorError):
    """Everyone on the escalation ladder was told already. `/incident page @someone reason` tells a person."""


class ClimbRequest(BaseModel):
    """Whose turn it is."""

    number: int
    position: int
    due_at: datetime


@flow
def climb(services: Services, request: ClimbRequest) -> None:
    """Look who of the tier can be told, tell them, and show it."""
    found = look(services, request.number, request.position)
    take_turn(services, request, found)


@step
def look(services: Services, number: int, position: int) -> list[dict[str, str]]:
    """Everyone of the tier but who declared and who said already that they cannot."""
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
        named = tables.ladder(session, number)[position].tell
        unable = {page.user_id for page in tables.pages(session, number) if page.answer == Answer.CANNOT}
    wanted = [
        user_id
        for user_id in paging.people(services, number, named)
        if user_id not in (incident.declared_by, *unable)
    ]
    return [found.model_dump() for found in paging.looked_at(services, wanted)]


@step
def take_turn(services: Services, request: ClimbRequest, found: list[dict[str, str]]) -> None:
    """One transaction: the tier is told, or the top is reached, unless the clock was stopped meanwhile."""
    now = max(utcnow(), request.due_at)
    informed = administrators(services)
    with services.store.transaction() as session:
        incident = incidents.locked(session, request.number)
        rungs = tables.ladder(session, request.number)
        rung = rungs[request.position]
        if not rung.is_waiting or rung.due_at is None or rung.due_at > now:
            return
        if incident.status not in OPEN:
            ladder.end(session, request.number)
            return
        rungs = rules.told(rungs, rung.position)
        tables.keep(session, request.number, rungs)
        if rung.is_top:
            _say_that_nobody_came(session, incident, informed, now)
        elif not paging.tell(session, services, incident, _found(found), _occasion(rung, rungs, now)):
            ladder.move_on(session, request.number, now)
        ladder.outdate(session, request.number)


def _found(found: list[dict[str, str]]) -> list[Found]:
    return [Found.model_validate(person) for person in found]


def _occasion(rung: Rung, rungs: rules.Ladder, now: datetime) -> Occasion:
    return Occasion(
        key=f"tier {rung.position}",
        reason=REASONS[StopsOn(rung.stops_on)],
        tier=rung.position,
        answer_by=rules.answer_by(rungs, now),
    )


def _say_that_nobody_came(session: Session, incident: Incident, informed: str | None, now: datetime) -> None:
    """The top is reached: whoever leads, or declared, must know that nobody else will be told."""
    number = incident.number
    timeline.append(session, number, "ladder_topped", now)
    lead = incidents.commander(session, number) or incident.declared_by
    where = channel_link(incident.channel_id or "")
    words = (
        f"Everyone on the escalation ladder of incident {number} was told, and nobody is on the way: {where}. "
        "`/incident page @someone reason` there tells a person by name."
    )
    key = f"unanswered:{number}:{now.isoformat()}"
    outbox.post(session, key, lead, words, now, incident_id=number)
    if informed:
        told = f"Nobody on the escalation ladder of incident {number} ({incident.severity}) answered. {where}"
        outbox.post(session, f"{key}:administrators", informed, told, now, incident_id=number)


def start_due(services: Services, now: datetime) -> None:
    """Start a flow for every tier whose time has come; the key makes it once, whoever ticks."""
    with services.store.reading() as session:
        due = tables.due(session, now)
    for number, position, due_at in due:
        request = ClimbRequest(number=number, position=position, due_at=due_at)
        services.flows.start_once(f"climb:{number}:{position}:{due_at.isoformat()}", climb, request)


def escalate(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """The next tier at once, whatever the clock says. Gives back what to answer."""
    with changing(services, number, by, now) as change:
        session, incident = change.session, change.incident
        incident_rules.check_may_change(number, incident.status)
        rungs = tables.ladder(session, number)
        if not rungs:
            raise NoLadder(severity=incident.severity)
        coming = rules.next_rung(rungs)
        if coming is None or coming.is_top:
            raise TopReached()
        tables.keep(session, number, rules.hurried(rungs, now))
        ladder.outdate(session, number)
        change.log("escalated", tier=coming.position + 1, reason=reason)
    start_due(services, now)
    names = ", ".join(escape(name) for name in coming.tell)
    return f"Tier {coming.position + 1} of the escalation ladder is told now: {names}."
