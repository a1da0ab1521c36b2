"""Manual changes to the pace of updates: cadence, pause and resume; and the repair after a clock set back."""

from datetime import datetime, timedelta

from bot.incidents import incidents
from bot.incidents.audiences import audiences_of
from bot.incidents.change import Change
from bot.services import Services
from bot.updates import drafts, due_promises, pauses, promise_changes, rules, tables, wording
from bot.updates.rules import LATE_AFTER
from bot.updates.scheduling import (
    add_promise,
    add_promises,
    cadence_of,
    change_cadence,
    drop_promise,
    move_promise,
    quiet_hours_of,
    scheduled,
    scheduled_promises,
    with_cadence,
)
from bot.updates.tables import Promise

# The clocks of several machines differ by less.
CLOCK_TOLERANCE = timedelta(minutes=1)


def set_cadence(change: Change, cadence: timedelta, only_audience: str | None = None) -> list[str]:
    """Set the cadence of one audience, or of all with scheduled updates; return the audiences changed."""
    changed_audiences, promises_by_audience = [], scheduled_promises(change)
    for name in [only_audience] if only_audience else audiences_of(change.services, change.incident):
        promises = promises_by_audience.get(name, [])
        if not promises and only_audience:
            due_at = change.now + cadence
            new_promise = Promise(incident_id=change.number, audience=name, due_at=due_at, promised_at=change.now)
            promises = [add_promise(change, new_promise, cadence)]
        for promise in promises:
            change_cadence(change, promise, cadence)
            promise.paced_by = change.by
            changed_audiences.append(name)
    return changed_audiences


def reset_cadence(change: Change, only_audience: str | None = None) -> list[str]:
    """Reset the cadence of one audience, or of all, to its own; return the audiences changed."""
    changed_audiences, promises_by_audience = [], scheduled_promises(change)
    for name in [only_audience] if only_audience else audiences_of(change.services, change.incident):
        cadence = cadence_of(change.services, change.incident, name, change.now)
        for promise in promises_by_audience.get(name, []):
            if isinstance(cadence, timedelta):
                change_cadence(change, promise, cadence)
                promise.paced_by = None
            else:
                drop_promise(change.session, promise, wording.NOT_DUE)
            changed_audiences.append(name)
    return changed_audiences


def pause(change: Change, reason: str) -> None:
    """Hold back scheduled updates until they are resumed."""
    for promise in tables.waiting(change.session, change.number):
        drafts.mark_stale(change.session, promise)
    pauses.start_pause(change.session, change.number, reason, change.by, change.now)


def resume(change: Change) -> None:
    """Resume scheduled updates: those held back are due as promised, or soon if that time has passed.

    Each gets a draft of its own, because the one from before the pause is out of sight.
    """
    services, incident, now = change.services, change.incident, change.now
    audiences = audiences_of(services, incident)
    held_promises = pauses.end_pause(change.session, change.number, change.by, now)
    for promise in held_promises:
        drop_promise(change.session, promise)
    add_promises(change, [_resumed(change, promise) for promise in held_promises if promise.audience in audiences])
    promises_by_audience = scheduled_promises(change)
    for name in audiences:
        cadence = cadence_of(services, incident, name, now)
        # An update that was sent during the pause promised no next one.
        if name not in promises_by_audience and isinstance(cadence, timedelta):
            add_promises(change, scheduled(change, name, now + cadence))


def _resumed(change: Change, held_promise: Promise) -> Promise:
    services, name = change.services, held_promise.audience
    due_at = rules.resumed(held_promise.due_at, services.floor.draft_before or LATE_AFTER, change.now)
    due_at = rules.after_quiet(due_at, quiet_hours_of(services, change.incident, name))
    promise = promise_changes.replacement(held_promise, due_at, change.now)
    cadence = cadence_of(services, change.incident, name, change.now)
    if promise.cadence_s and not promise.paced_by and isinstance(cadence, timedelta):
        return with_cadence(promise, cadence)
    return promise


def end_pause(change: Change) -> None:
    """End the pause because the incident is resolved; the final update replaces those held back."""
    pauses.end_pause(change.session, change.number, None, change.now)


def repromise_after_clock_change(services: Services, now: datetime) -> None:
    """Reschedule promises made before the clock was set back, which would otherwise come hours late."""
    with services.database.reading() as session:
        incident_ids = due_promises.promised_after(session, now + CLOCK_TOLERANCE)
    for number in sorted(incident_ids):
        with services.database.transaction() as session:
            incidents.by_number_locked(session, number)
            for promise in tables.waiting(session, number):
                if promise.promised_at > now + CLOCK_TOLERANCE:
                    due_at = rules.after_clock_set_back(promise.due_at, promise.promised_at, now)
                    promise.promised_at = now
                    move_promise(session, services, promise, due_at, now)
