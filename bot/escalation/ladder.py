"""Keeping an incident's escalation clock in step with its changes, within the same transaction."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.escalation import ladder_tables, rules, tables, wording
from bot.escalation.rules import StopsOn
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.drills import may_page
from bot.incidents.events import (
    Closed,
    Declared,
    Declined,
    Merged,
    Reopened,
    Resolved,
    RoleChanged,
    SeverityChanged,
    UpdateMissed,
)
from bot.incidents.rules import is_higher
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.services import Services

COMMANDER = "commander"


def begin(change: Change, event: Declared) -> None:
    """Give the incident its own ladder, which later changes to the floor's file do not affect."""
    ladder_tables.save_ladder(change.session, change.number, _planned(change))


def _planned(change: Change) -> rules.Ladder:
    tiers = change.services.floor.severity(change.incident.severity).ladder
    tiers = tiers if may_page(change.services, change.incident) else ()
    return rules.plan_ladder(((tier.after, tier.tell, tier.stops_on) for tier in tiers), change.now)


def follow_severity(change: Change, event: SeverityChanged) -> None:
    """Add the people of a higher severity to the ladder; a lower one removes nobody."""
    if not is_higher(event.new, than=event.old):
        return
    session, number = change.session, change.number
    raised = rules.merge_higher_ladder(ladder_tables.ladder(session, number), _planned(change), change.now)
    _save(session, number, _without_commander_tiers(session, number, raised))


def follow_commander(change: Change, event: RoleChanged) -> None:
    """Stop the tiers that wait for a commander once one is named; resume the clock when the commander leaves."""
    if event.role != COMMANDER:
        return
    session, number = change.session, change.number
    ladder = ladder_tables.ladder(session, number)
    if event.holder:
        tables.clear_arrivals(session, number)
        _save(session, number, rules.stop_clock(ladder, StopsOn.COMMANDER))
    elif not incidents.commander(session, number):
        # The person who leaves is no longer on the way either.
        tables.lapse(session, number, change.by)
        _resume(change, ladder)


def follow_missed_update(change: Change, event: UpdateMissed) -> None:
    """Page the next tier when an update was missed, nobody leads who could be told, and nobody is coming.

    While people who were paged still have time to answer, the ladder keeps its own times.
    """
    session, number = change.session, change.number
    is_somebody_expected = tables.is_awaited(session, number) or tables.may_answer(session, number, change.now)
    if not event.has_lead and change.incident.is_active and not is_somebody_expected:
        advance(session, number, change.now, wording.updates_late(event.audiences))


def responder_coming(session: Session, incident_id: int) -> None:
    """Stop paging because somebody is on the way; nobody else owes an answer."""
    tables.clear_answer_deadlines(session, incident_id)
    _save(session, incident_id, rules.stop_clock(ladder_tables.ladder(session, incident_id), StopsOn.ACKNOWLEDGED))


def advance(session: Session, incident_id: int, now: datetime, because: str = "") -> bool:
    """Page the next tier at once, unless it waits for a commander and one is named; True if there are people to
    page."""
    hurried = rules.bring_forward(ladder_tables.ladder(session, incident_id), now, because)
    ladder = _without_commander_tiers(session, incident_id, hurried)
    _save(session, incident_id, ladder)
    next_tier = rules.next_rung(ladder)
    return next_tier is not None and not next_tier.is_top and next_tier.due_at is not None


def stop(change: Change, event: Resolved | Closed | Declined | Merged) -> None:
    """End the ladder, because the incident is over."""
    end(change.session, change.number)


def end(session: Session, incident_id: int) -> None:
    """Stop paging; nobody owes an answer any more."""
    tables.clear_arrivals(session, incident_id)
    tables.clear_answer_deadlines(session, incident_id)
    _save(session, incident_id, rules.end_ladder(ladder_tables.ladder(session, incident_id)))


def reopen(change: Change, event: Reopened) -> None:
    """Resume the ladder, because the incident is open again."""
    ladder = rules.reopen_ladder(ladder_tables.ladder(change.session, change.number))
    _resume(change, ladder)


def mark_stale(session: Session, incident_id: int) -> None:
    """Mark the escalation's messages to be rendered again."""
    outbox.mark_stale(session, incident_id, (kinds.PAGE, kinds.LADDER))


def _resume(change: Change, ladder: rules.Ladder) -> None:
    """Let the clock run again; people on the way stop it only until they are asked to take command."""
    session, number = change.session, change.number
    if not tables.is_awaited(session, number):
        ladder = rules.resume_clock(ladder, change.now)
    elif arrive_by := arrival_deadline(session, change.services, change.incident, change.now):
        tables.expect_arrivals(session, number, arrive_by)
    _save(session, number, _without_commander_tiers(session, number, ladder))


def arrival_deadline(session: Session, services: Services, incident: Incident, now: datetime) -> datetime | None:
    """When a person who is on the way now is asked to take command; None if somebody leads or nobody has to."""
    if incidents.commander(session, incident.number):
        return None
    within = services.floor.severity(incident.severity).commander_within
    if within is None and not ladder_tables.ladder(session, incident.number):
        return None
    return now + (within or rules.ANSWER_WITHIN)


def _without_commander_tiers(session: Session, incident_id: int, ladder: rules.Ladder) -> rules.Ladder:
    has_commander = incidents.commander(session, incident_id) is not None
    return rules.stop_while_led(ladder) if has_commander else ladder


def _save(session: Session, incident_id: int, ladder: rules.Ladder) -> None:
    ladder_tables.save_ladder(session, incident_id, ladder)
    mark_stale(session, incident_id)
