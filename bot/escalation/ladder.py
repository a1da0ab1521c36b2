"""The clock of an incident's escalation ladder as the incident changes, within that change's transaction."""

from datetime import datetime

from sqlmodel import Session

from bot.escalation import rules, tables
from bot.escalation.rules import StopsOn
from bot.escalation.tables import Answer
from bot.incidents import tables as incidents
from bot.incidents.rules import is_higher
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.services import Services


def begin(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """The incident gets a ladder of its own: what changes in the floor's file later does not change it."""
    tables.keep(session, incident.number, _planned(services, incident.severity, now))


def _planned(services: Services, severity: str, now: datetime) -> rules.Ladder:
    tiers = services.floor.severity(severity).ladder
    return rules.planned(((tier.after, tier.tell, tier.stops_on) for tier in tiers), now)


def follow_severity(session: Session, services: Services, incident: Incident, old: str, now: datetime) -> None:
    """A graver severity adds its people to the ladder; a lesser one takes nobody away."""
    if not is_higher(incident.severity, than=old):
        return
    ladder = tables.ladder(session, incident.number)
    _keep(session, incident.number, rules.raised(ladder, _planned(services, incident.severity, now), now))


def commander_named(session: Session, incident_id: int) -> None:
    """Somebody leads: tiers that wait for a commander are not told."""
    _keep(session, incident_id, rules.stopped(tables.ladder(session, incident_id), StopsOn.COMMANDER))


def commander_left(session: Session, incident_id: int, now: datetime) -> None:
    """Nobody leads any more: the clock runs on, unless somebody is on the way."""
    if not incidents.commander(session, incident_id):
        _run_on(session, incident_id, tables.ladder(session, incident_id), now)


def somebody_comes(session: Session, incident_id: int) -> None:
    """Somebody is on the way: nobody else is told, and nobody else owes an answer."""
    tables.excuse(session, incident_id)
    _keep(session, incident_id, rules.stopped(tables.ladder(session, incident_id), StopsOn.ACKNOWLEDGED))


def move_on(session: Session, incident_id: int, now: datetime) -> None:
    """The next tier is told at once, unless it waits for a commander and there is one."""
    _keep(
        session, incident_id, _spared(session, incident_id, rules.hurried(tables.ladder(session, incident_id), now))
    )


def end(session: Session, incident_id: int) -> None:
    """It is over."""
    tables.excuse(session, incident_id)
    _keep(session, incident_id, rules.ended(tables.ladder(session, incident_id)))


def reopen(session: Session, incident_id: int, now: datetime) -> None:
    """It is not over after all."""
    _run_on(session, incident_id, rules.reopened(tables.ladder(session, incident_id)), now)


def outdate(session: Session, incident_id: int) -> None:
    """What is shown of the escalation must be drawn again."""
    outbox.mark_stale(session, incident_id, (kinds.PAGE, kinds.LADDER))


def _run_on(session: Session, incident_id: int, ladder: rules.Ladder, now: datetime) -> None:
    is_awaited = any(page.answer == Answer.COMING for page in tables.pages(session, incident_id))
    resumed = ladder if is_awaited else rules.resumed(ladder, now)
    _keep(session, incident_id, _spared(session, incident_id, resumed))


def _spared(session: Session, incident_id: int, ladder: rules.Ladder) -> rules.Ladder:
    has_commander = incidents.commander(session, incident_id) is not None
    return rules.stopped(ladder, StopsOn.COMMANDER) if has_commander else ladder


def _keep(session: Session, incident_id: int, ladder: rules.Ladder) -> None:
    tables.keep(session, incident_id, ladder)
    outdate(session, incident_id)
