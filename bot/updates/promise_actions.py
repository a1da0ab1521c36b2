"""Which updates an incident has promised, as its severity and status change."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.floor import Moment
from bot.incidents.audiences import audiences_of
from bot.incidents.change import Change
from bot.updates import draft_messages, pauses, promise_changes, rules, tables
from bot.updates.scheduling import (
    add_promise,
    cadence_of,
    change_cadence,
    drop_promise,
    move_promise,
    promise_scheduled,
    quiet_hours_of,
    scheduled_promises,
)
from bot.updates.tables import Choice, Promise

CHANGE = "change"
RESOLVED = "resolved"
CLOSED = "closed"
DECLINED = "declined"
MERGED = "merged"


@dataclass(frozen=True)
class RequestedUpdate:
    """An update that somebody asks for: on which occasion, by whom, what they say, when the next one comes."""

    occasion: str
    by: str
    words: str = ""
    next_due_at: datetime | None = None
    choice: Choice = Choice.NONE


def promise_first_updates(change: Change, only: str | None = None) -> None:
    """Promise the first update to each audience that is told by the clock, or to the one that is added."""
    for name, audience in audiences_of(change.services, change.incident).items():
        first = audience.first_update_after(change.incident.severity)
        if isinstance(first, timedelta) and only in (None, name):
            promise_scheduled(change, name, rules.first_update_due(first, change.now))


def reschedule(change: Change, *, is_raised: bool) -> None:
    """The severity changed: every promise moves to the new rhythm, and who waits for changes is told. When it was
    raised, nobody waits longer than for the first update of an incident of that severity."""
    if pauses.current(change.session, change.number):
        return
    for name, audience in audiences_of(change.services, change.incident).items():
        cadence = cadence_of(change.services, change.incident, name, change.now)
        waiting = scheduled_promises(change, name)
        first = audience.first_update_after(change.incident.severity) if is_raised else cadence
        if not isinstance(cadence, timedelta):
            for promise in waiting:
                drop_promise(change.session, promise)
        elif waiting:
            for promise in waiting:
                change_cadence(change, promise, cadence)
                promise.paced_by = None
                if isinstance(first, timedelta) and promise.due_at > change.now + first:
                    move_promise(change.session, change.services, promise, change.now + first, change.now)
        elif isinstance(first, timedelta):
            promise_scheduled(change, name, rules.first_update_due(first, change.now))
    on_change(change)


def quicken(change: Change) -> None:
    """Something changed: audiences that heard less often because nothing was new follow their own pace again."""
    for name in audiences_of(change.services, change.incident):
        cadence = cadence_of(change.services, change.incident, name, change.now)
        for promise in scheduled_promises(change, name):
            is_slowed = isinstance(cadence, timedelta) and (promise.cadence_s or 0) > cadence.total_seconds()
            if is_slowed and not promise.paced_by and isinstance(cadence, timedelta):
                change_cadence(change, promise, cadence)


def on_change(change: Change) -> None:
    """Tell the audiences that are told when something changes; at night those who sleep hear of all of it once."""
    if pauses.current(change.session, change.number):
        return
    for name, audience in audiences_of(change.services, change.incident).items():
        if audience.usual_cadence(change.incident.severity) != Moment.ON_CHANGE:
            continue
        due_at = rules.after_quiet(change.now, quiet_hours_of(change.services, change.incident, name))
        for waiting in tables.waiting(change.session, change.number, name):
            if waiting.occasion == CHANGE:
                drop_promise(change.session, waiting)
        add_promise(change, _promise(change, name, due_at, CHANGE))


def send_now_to_all(change: Change, request: RequestedUpdate, only: Collection[str] | None = None) -> list[str]:
    """An update at once to every audience that is told anything before the close, or to those named.

    It takes the place of what is promised to them. Gives back to which it goes.
    """
    names = []
    for name, audience in audiences_of(change.services, change.incident).items():
        is_informed = audience.usual_cadence(change.incident.severity) not in (Moment.NEVER, Moment.AT_CLOSE)
        if not (is_informed if only is None else name in only):
            continue
        _send_now(change, name, request)
        names.append(name)
    return names


def _send_now(change: Change, name: str, request: RequestedUpdate) -> None:
    replaced = tables.waiting(change.session, change.number, name)
    paced = next((promise for promise in replaced if promise.paced_by and promise.cadence_s), None)
    for waiting in replaced:
        drop_promise(change.session, waiting)
    usual_cadence = cadence_of(change.services, change.incident, name, change.now)
    cadence = timedelta(seconds=paced.cadence_s) if paced and paced.cadence_s else usual_cadence
    new_promise = _requested_promise(change, name, request)
    new_promise.next_due_at, new_promise.choice = request.next_due_at, request.choice
    new_promise.paced_by = paced.paced_by if paced else None
    add_promise(change, new_promise, cadence if isinstance(cadence, timedelta) else None)


def send_now_to_one(change: Change, name: str, request: RequestedUpdate) -> None:
    """Words for one audience at once, beside what is promised to it."""
    if name in audiences_of(change.services, change.incident):
        add_promise(change, _requested_promise(change, name, request))


def _requested_promise(change: Change, name: str, request: RequestedUpdate) -> Promise:
    made = _promise(change, name, change.now, request.occasion)
    made.words, made.requested_by = request.words, request.by
    return made


def _promise(change: Change, name: str, due_at: datetime, occasion: str) -> Promise:
    return Promise(
        incident_id=change.number, audience=name, due_at=due_at, promised_at=change.now, occasion=occasion
    )


def at_close(change: Change) -> None:
    """Tell the audiences that are told when it is over; the last update of all may still wait to be composed."""
    end(change, but=RESOLVED)
    for name, audience in audiences_of(change.services, change.incident).items():
        if audience.usual_cadence(change.incident.severity) == Moment.AT_CLOSE:
            add_promise(change, _promise(change, name, change.now, CLOSED))


def end(change: Change, *, but: str = "") -> None:
    """Nothing more is promised, but what is to be sent on this occasion."""
    pauses.end_pause(change.session, change.number, None, change.now)
    draft_messages.mark_all_stale(change.session, change.number)
    promise_changes.drop_all(change.session, change.number, but)
