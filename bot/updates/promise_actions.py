"""The updates an incident promises, as its severity and status change."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.config.floor import Moment
from bot.incidents.audiences import audiences_of
from bot.incidents.change import Change
from bot.incidents.rules import is_higher
from bot.updates import drafts, pauses, promise_changes, rules, tables, wording
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
from bot.updates.tables import CHANGE, Choice, Promise

RESOLVED = "resolved"
CLOSED = "closed"
DECLINED = "declined"
MERGED = "merged"
# An audience with one of these hears nothing by the clock, nor when something changes.
AT_THE_END = (Moment.NEVER, Moment.AT_CLOSE)


class RequestedUpdate(Struct, frozen=True):
    """An update requested by a user: the occasion, the user, the text, and when the next one comes."""

    occasion: str
    by: str
    text: str = ""
    next_due_at: datetime | None = None
    choice: Choice = Choice.NONE


def promise_first_updates(change: Change, only: str | None = None, at_once: Collection[str] = ()) -> None:
    """Promise the first update to each audience with a scheduled cadence, or to `only` the one being added.

    Those named in `at_once` get it now.
    """
    promises: list[Promise] = []
    for name, audience in audiences_of(change.services, change.incident).items():
        first_after = audience.first_update_after(change.incident.severity)
        if isinstance(first_after, timedelta) and only in (None, name):
            due_at = change.now if name in at_once else rules.first_update_due(first_after, change.now)
            promises += scheduled(change, name, due_at)
    add_promises(change, promises)


def promise_again(change: Change, *, was_merged: bool) -> None:
    """Promise updates as after a declaration; audiences that were told that it is over hear of it at once.

    Outside audiences are told nothing of a merge, so its end is no change to them.
    """
    told_of_the_end = tables.audiences_told_at(change.session, change.number, (RESOLVED, CLOSED, DECLINED, MERGED))
    # The final update may still be waiting to be composed; it would promise a series of its own.
    end(change)
    promise_first_updates(change, at_once=told_of_the_end)
    outside = {
        name for name, audience in audiences_of(change.services, change.incident).items() if audience.outside
    }
    unaware = outside if was_merged else set[str]()
    on_change(change, told_of_the_end.difference(scheduled_promises(change)), without=unaware)


def reschedule(change: Change, old_severity: str) -> None:
    """Move every promise to the new severity's cadence, and tell the audiences told on change.

    After a rise, no audience waits longer than for the first update of an incident of that severity. Informed
    audiences that the new severity leaves out are told so: their last update promised another one.
    """
    is_raised = is_higher(change.incident.severity, old_severity)
    promises_by_audience, new_promises = scheduled_promises(change), list[Promise]()
    for name, audience in audiences_of(change.services, change.incident).items():
        cadence = cadence_of(change.services, change.incident, name, change.now)
        promises = promises_by_audience.get(name, [])
        first_after = audience.first_update_after(change.incident.severity) if is_raised else cadence
        if not isinstance(cadence, timedelta):
            reason = wording.REPLACED if cadence == Moment.ON_CHANGE else wording.NOT_DUE
            for promise in promises:
                drop_promise(change.session, promise, reason)
        elif promises:
            for promise in promises:
                change_cadence(change, promise, cadence)
                promise.paced_by = None
                if isinstance(first_after, timedelta) and promise.due_at > change.now + first_after:
                    move_promise(change.session, change.services, promise, change.now + first_after, change.now)
        elif isinstance(first_after, timedelta):
            new_promises += scheduled(change, name, rules.first_update_due(first_after, change.now))
        if isinstance(cadence, timedelta):
            # The scheduled update says what changed; an audience never has two texts that wait for approval.
            _drop_on_change(change, [name])
    add_promises(change, new_promises)
    on_change(change, _audiences_left_out(change, old_severity))


def _audiences_left_out(change: Change, old_severity: str) -> set[str]:
    """The informed audiences that hear nothing more before the end, and did at the old severity."""
    informed_audiences = tables.informed_audiences(change.session, change.number)
    return {
        name
        for name, audience in audiences_of(change.services, change.incident).items()
        if name in informed_audiences
        and audience.usual_cadence(old_severity) not in AT_THE_END
        and audience.usual_cadence(change.incident.severity) in AT_THE_END
    }


def restore_cadences(change: Change) -> None:
    """Return audiences that were told less often because nothing was new to their own pace."""
    promises_by_audience = scheduled_promises(change)
    for name in audiences_of(change.services, change.incident):
        cadence = cadence_of(change.services, change.incident, name, change.now)
        for promise in promises_by_audience.get(name, []):
            is_slowed = isinstance(cadence, timedelta) and (promise.cadence_s or 0) > cadence.total_seconds()
            if is_slowed and not promise.paced_by and isinstance(cadence, timedelta):
                change_cadence(change, promise, cadence)


def on_change(change: Change, also_audiences: Collection[str] = (), without: Collection[str] = ()) -> None:
    """Promise an update to the audiences told on change and to `also_audiences`, except to those in `without`.

    All changes in an audience's quiet hours or during a pause make one update.
    """
    audiences = audiences_of(change.services, change.incident)
    names = [
        name
        for name, audience in audiences.items()
        if name not in without
        and (audience.usual_cadence(change.incident.severity) == Moment.ON_CHANGE or name in also_audiences)
    ]
    _drop_on_change(change, names)
    quiet_hours = {name: quiet_hours_of(change.services, change.incident, name) for name in names}
    due_times = {name: rules.after_quiet(change.now, quiet) for name, quiet in quiet_hours.items()}
    add_promises(change, [_promise(change, name, due_at, CHANGE) for name, due_at in due_times.items()])


def _drop_on_change(change: Change, names: Collection[str]) -> None:
    for promise in tables.pending(change.session, change.number):
        if promise.audience in names and promise.occasion == CHANGE:
            drop_promise(change.session, promise)


def send_now_to_all(change: Change, request: RequestedUpdate, only: Collection[str] | None = None) -> list[str]:
    """Promise an update now to every audience that is told before the close, or to those named.

    It replaces their waiting promises. Return the audiences it goes to.
    """
    names = []
    for name, audience in audiences_of(change.services, change.incident).items():
        is_informed = audience.usual_cadence(change.incident.severity) not in AT_THE_END
        if is_informed if only is None else name in only:
            names.append(name)
    waiting_promises = tables.waiting(change.session, change.number)
    add_promises(change, [_immediate_promise(change, name, request, waiting_promises) for name in names])
    return names


def send_last(change: Change, request: RequestedUpdate) -> None:
    """Promise the last update now, to informed audiences as well as to those that this severity includes.

    Audiences that are told at the close hear then. An audience of which nobody has approved that it hears of the
    incident hears nothing of its end either.
    """
    informed_audiences = tables.informed_audiences(change.session, change.number)
    audiences = audiences_of(change.services, change.incident)
    unapproved = {name for name, audience in audiences.items() if audience.approval} - informed_audiences
    for promise in tables.pending(change.session, change.number):
        if promise.audience in unapproved:
            drop_promise(change.session, promise, wording.OVER)
    names = {
        name
        for name, audience in audiences.items()
        if (cadence := audience.usual_cadence(change.incident.severity)) not in AT_THE_END
        or (cadence == Moment.NEVER and name in informed_audiences)
    }
    send_now_to_all(change, request, only=names - unapproved)


def _immediate_promise(
    change: Change, name: str, request: RequestedUpdate, waiting_promises: Sequence[Promise]
) -> Promise:
    replaced_promises = [promise for promise in waiting_promises if promise.audience == name]
    earlier_promise = next(
        (promise for promise in replaced_promises if promise.paced_by and promise.cadence_s), None
    )
    for promise in replaced_promises:
        drop_promise(change.session, promise)
    usual_cadence = cadence_of(change.services, change.incident, name, change.now)
    cadence = (
        timedelta(seconds=earlier_promise.cadence_s)
        if earlier_promise and earlier_promise.cadence_s
        else usual_cadence
    )
    new_promise = _requested_promise(change, name, request)
    new_promise.next_due_at, new_promise.choice = request.next_due_at, request.choice
    new_promise.paced_by = earlier_promise.paced_by if earlier_promise else None
    return with_cadence(new_promise, cadence if isinstance(cadence, timedelta) else None)


def send_now_to_one(change: Change, name: str, request: RequestedUpdate) -> None:
    """Promise an update now to one audience, in addition to its waiting promises."""
    if name in audiences_of(change.services, change.incident):
        add_promise(change, _requested_promise(change, name, request))


def _requested_promise(change: Change, name: str, request: RequestedUpdate) -> Promise:
    promise = _promise(change, name, change.now, request.occasion)
    promise.text, promise.requested_by = request.text, request.by
    return promise


def _promise(change: Change, name: str, due_at: datetime, occasion: str) -> Promise:
    return Promise(
        incident_id=change.number, audience=name, due_at=due_at, promised_at=change.now, occasion=occasion
    )


def at_close(change: Change) -> None:
    """Tell the audiences that are told at the close; the final update may still be waiting to be composed."""
    end(change, kept_occasion=RESOLVED)
    audiences = audiences_of(change.services, change.incident)
    names = [
        name
        for name, audience in audiences.items()
        if audience.usual_cadence(change.incident.severity) == Moment.AT_CLOSE
    ]
    add_promises(change, [_promise(change, name, change.now, CLOSED) for name in names])


def end(change: Change, *, kept_occasion: str = "") -> None:
    """Drop all waiting promises except those of the occasion `kept_occasion`."""
    pauses.end_pause(change.session, change.number, None, change.now)
    drafts.mark_all_stale(change.session, change.number)
    # After a reopening, the updates that are promised next take their place.
    reason = wording.REPLACED if change.incident.is_active else wording.OVER
    promise_changes.drop_all(change.session, change.number, reason, kept_occasion)
