"""Which updates an incident has promised, as its severity and status change."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.floor import Moment
from bot.incidents.audiences import audiences
from bot.incidents.change import Change
from bot.updates import draft_messages, pauses, rules, tables
from bot.updates.scheduling import by_clock, by_the_clock, drop, make, quiet_of, repace, rhythm_of
from bot.updates.tables import Choice, Promise

CHANGE = "change"
RESOLVED = "resolved"
CLOSED = "closed"


@dataclass(frozen=True)
class Asked:
    """An update that somebody asks for: on which occasion, by whom, what they say, when the next one comes."""

    occasion: str
    by: str
    words: str = ""
    next_due_at: datetime | None = None
    choice: Choice = Choice.NONE


def begin(change: Change, only: str | None = None) -> None:
    """Promise the first update to each audience that is told by the clock, or to the one that is added."""
    for name, audience in audiences(change.services, change.incident).items():
        first = audience.first_after(change.incident.severity)
        if isinstance(first, timedelta) and only in (None, name):
            by_clock(change, name, rules.first_update_due(first, change.now))


def retime(change: Change) -> None:
    """The severity changed: every promise moves to the new rhythm, and who waits for changes is told."""
    if pauses.current(change.session, change.number):
        return
    for name in audiences(change.services, change.incident):
        rhythm = rhythm_of(change.services, change.incident, name, change.now)
        waiting = by_the_clock(change, name)
        if not isinstance(rhythm, timedelta):
            for promise in waiting:
                drop(change.session, promise)
        elif waiting:
            for promise in waiting:
                repace(change, promise, rhythm)
                promise.paced_by = None
        else:
            by_clock(change, name, rules.first_update_due(rhythm, change.now))
    on_change(change)


def on_change(change: Change) -> None:
    """Tell the audiences that are told when something changes; at night those who sleep hear of all of it once."""
    if pauses.current(change.session, change.number):
        return
    for name, audience in audiences(change.services, change.incident).items():
        if audience.rhythm(change.incident.severity) != Moment.ON_CHANGE:
            continue
        due_at = rules.after_quiet(change.now, quiet_of(change.services, change.incident, name))
        for waiting in tables.waiting(change.session, change.number, name):
            if waiting.occasion == CHANGE:
                drop(change.session, waiting)
        make(change, _promise(change, name, due_at, CHANGE))


def now_for_all(change: Change, asked: Asked, only: Collection[str] | None = None) -> int:
    """An update at once to every audience that is told anything before the close, or to those named.

    It takes the place of what is promised to them. Gives back to how many it goes.
    """
    told = 0
    for name, audience in audiences(change.services, change.incident).items():
        is_told = audience.rhythm(change.incident.severity) not in (Moment.NEVER, Moment.AT_CLOSE)
        if not (is_told if only is None else name in only):
            continue
        _now(change, name, asked)
        told += 1
    return told


def _now(change: Change, name: str, asked: Asked) -> None:
    taken = tables.waiting(change.session, change.number, name)
    paced = next((promise for promise in taken if promise.paced_by and promise.cadence_s), None)
    for waiting in taken:
        drop(change.session, waiting)
    rhythm = rhythm_of(change.services, change.incident, name, change.now)
    cadence = timedelta(seconds=paced.cadence_s) if paced and paced.cadence_s else rhythm
    made = _asked_for(change, name, asked)
    made.next_due_at, made.choice = asked.next_due_at, asked.choice
    made.paced_by = paced.paced_by if paced else None
    make(change, made, cadence if isinstance(cadence, timedelta) else None)


def now_for_one(change: Change, name: str, asked: Asked) -> None:
    """Words for one audience at once, beside what is promised to it."""
    if name in audiences(change.services, change.incident):
        make(change, _asked_for(change, name, asked))


def _asked_for(change: Change, name: str, asked: Asked) -> Promise:
    made = _promise(change, name, change.now, asked.occasion)
    made.words, made.requested_by = asked.words, asked.by
    return made


def _promise(change: Change, name: str, due_at: datetime, occasion: str) -> Promise:
    return Promise(
        incident_id=change.number, audience=name, due_at=due_at, promised_at=change.now, occasion=occasion
    )


def at_close(change: Change) -> None:
    """Tell the audiences that are told when it is over."""
    end(change)
    for name, audience in audiences(change.services, change.incident).items():
        if audience.rhythm(change.incident.severity) == Moment.AT_CLOSE:
            make(change, _promise(change, name, change.now, CLOSED))


def end(change: Change) -> None:
    """Nothing more is promised."""
    pauses.end(change.session, change.number, None, change.now)
    draft_messages.outdate_all(change.session, change.number)
    tables.drop(change.session, change.number)
