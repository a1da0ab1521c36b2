"""Making and moving promises of updates: due time, draft time, and required approval."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.config.floor import Moment, QuietHours
from bot.incidents.change import Change
from bot.incidents.permissions import is_one_of
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import drafts, pauses, promise_changes, rules, tables, wording
from bot.updates.news import filter_for
from bot.updates.rules import LATE_AFTER
from bot.updates.tables import CLOCK, PAUSED, Promise
from bot.updates.timing_facts import is_repeated

# How long approvers have for an update that is due at once.
APPROVE_WITHIN = timedelta(minutes=5)


def cadence_of(services: Services, incident: Incident, name: str, now: datetime) -> timedelta | Moment:
    """How often an audience is told of this incident now, according to `floor.yaml`."""
    return services.floor.audiences[name].usual_cadence(incident.severity, now - incident.declared_at)


def quiet_hours_of(services: Services, incident: Incident, name: str) -> QuietHours | None:
    """The audience's quiet hours; None at a severity of which it wants to be told at any hour."""
    quiet = services.floor.audiences[name].quiet
    return None if quiet is None or incident.severity in quiet.only else quiet


def add_promise(change: Change, promise: Promise, cadence: timedelta | None = None) -> Promise:
    """Add a promise, with its draft time, required approval and escalation time."""
    add_promises(change, [with_cadence(promise, cadence)])
    return promise


def with_cadence(promise: Promise, cadence: timedelta | None) -> Promise:
    """Return the promise with its cadence set, if there is one."""
    promise.cadence_s = int(cadence.total_seconds()) if cadence else promise.cadence_s
    return promise


def add_promises(change: Change, promises: Sequence[Promise]) -> None:
    """Add the promises in one batch, which is noticeably faster with several audiences. A pause holds them back."""
    if not promises:
        return
    session, services = change.session, change.services
    promise_changes.number(session, promises)
    is_paused = pauses.current(session, change.number) is not None
    for promise in promises:
        if is_paused and promise.occasion in pauses.HELD_BACK:
            promise.state = PAUSED
        approval = services.floor.audiences[promise.audience].approval
        by = promise.approved_by or promise.requested_by
        is_approved = bool(approval and by and is_one_of(session, approval, by, change.number))
        promise.needs_approval = bool(approval) and not is_approved
        promise.approved_by = by if is_approved else None
        promise.approved_at = (promise.approved_at or promise.promised_at) if is_approved else None
        move_promise(session, services, promise, promise.due_at, promise.promised_at)
    session.flush()


def move_promise(session: Session, services: Services, promise: Promise, due_at: datetime, now: datetime) -> None:
    """Change the due time, and with it the draft time and the time at which it counts as missed."""
    lead_time = services.floor.draft_before
    if promise.needs_approval:
        promise.draft_at = rules.draft_due(due_at, lead_time or APPROVE_WITHIN, now)
        # Missing approval is reported at the due time, but never before approvers had `APPROVE_WITHIN`.
        promise_changes.move(session, promise, due_at, max(timedelta(), promise.draft_at + APPROVE_WITHIN - due_at))
    else:
        is_scheduled = promise.occasion == CLOCK and lead_time is not None and due_at > now
        promise.draft_at = rules.draft_due(due_at, lead_time, now) if is_scheduled and lead_time else None
        promise_changes.move(session, promise, due_at, LATE_AFTER)
    drafts.mark_stale(session, promise)


def next_update(
    session: Session, services: Services, incident: Incident, promise: Promise, now: datetime
) -> tuple[datetime, timedelta] | None:
    """When the update after this one is due, and its cadence; None if no scheduled one follows."""
    if promise.cadence_s is None or incident.status not in OPEN or pauses.current(session, incident.number):
        return None
    cadence = timedelta(seconds=promise.cadence_s)
    if promise.paced_by is None:
        usual_cadence = cadence_of(services, incident, promise.audience, now)
        cadence = usual_cadence if isinstance(usual_cadence, timedelta) else cadence
        cadence = _slowed(session, services, incident, promise, cadence)
    quiet = quiet_hours_of(services, incident, promise.audience)
    return promise.next_due_at or rules.next_update_due(cadence, promise.due_at, now, quiet), cadence


def _slowed(
    session: Session, services: Services, incident: Incident, promise: Promise, cadence: timedelta
) -> timedelta:
    """The slower cadence if the last updates said the same as this one and the floor allows it."""
    audience = services.floor.audiences[promise.audience]
    if audience.unchanged is None:
        return cadence
    if not is_repeated(session, incident, promise, filter_for(services, audience, promise.audience)):
        return cadence
    return max(cadence, audience.unchanged)


def missed_count(services: Services, incident: Incident, promise: Promise, since: datetime, now: datetime) -> int:
    """Number of promised times that have passed since the first one not kept."""
    if promise.cadence_s is None:
        return 0
    cadence, quiet = timedelta(seconds=promise.cadence_s), quiet_hours_of(services, incident, promise.audience)

    def cadence_at(moment: datetime) -> timedelta:
        """The audience's pace at that time, which may be slower after some hours, unless somebody set another."""
        usual_cadence = cadence_of(services, incident, promise.audience, moment)
        return usual_cadence if promise.paced_by is None and isinstance(usual_cadence, timedelta) else cadence

    return rules.missed_updates(cadence_at, since, now, quiet)


def scheduled(change: Change, name: str, due_at: datetime) -> list[Promise]:
    """The unsaved promise of an update at the audience's usual cadence; empty if it is not told on a schedule."""
    cadence = cadence_of(change.services, change.incident, name, change.now)
    if not isinstance(cadence, timedelta):
        return []
    due_at = rules.after_quiet(due_at, quiet_hours_of(change.services, change.incident, name))
    promise = Promise(incident_id=change.number, audience=name, due_at=due_at, promised_at=change.now)
    return [with_cadence(promise, cadence)]


def scheduled_promises(change: Change) -> dict[str, list[Promise]]:
    """The scheduled promises to each audience that are not yet sent, with those that a pause holds back."""
    promises_by_audience = defaultdict[str, list[Promise]](list)
    for promise in tables.pending(change.session, change.number):
        if promise.cadence_s:
            promises_by_audience[promise.audience].append(promise)
    return promises_by_audience


def change_cadence(change: Change, promise: Promise, cadence: timedelta) -> None:
    """Switch a promise to another cadence from now on."""
    old_cadence = timedelta(seconds=promise.cadence_s) if promise.cadence_s else None
    due_at = rules.retimed(promise.due_at, old_cadence, cadence, change.now)
    promise.cadence_s = int(cadence.total_seconds())
    quiet = quiet_hours_of(change.services, change.incident, promise.audience)
    move_promise(change.session, change.services, promise, rules.after_quiet(due_at, quiet), change.now)


def drop_promise(session: Session, promise: Promise, reason: str = wording.REPLACED) -> None:
    """Drop a promise; its draft shows that and why."""
    promise_changes.drop_promise(promise, reason)
    drafts.mark_stale(session, promise)
