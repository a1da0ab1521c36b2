"""The pace of an incident's updates set by hand: another cadence, a pause, and going on; and a clock set back."""

from datetime import datetime, timedelta

from bot.incidents import tables as incidents
from bot.incidents.audiences import audiences
from bot.incidents.change import Change
from bot.services import Services
from bot.updates import draft_messages, pauses, rules, tables
from bot.updates.rules import LATE_AFTER
from bot.updates.scheduling import by_the_clock, drop, make, move, quiet_of, repace, rhythm_of
from bot.updates.tables import Promise

# Clocks of several machines differ by less.
SET_BACK_BY = timedelta(minutes=1)


def set_cadence(change: Change, cadence: timedelta, only: str | None = None) -> list[str]:
    """One audience, or all that are told by the clock, are told at this pace from now on. Gives back which."""
    paced = []
    for name in [only] if only else audiences(change.services, change.incident):
        waiting = by_the_clock(change, name)
        if not waiting and only:
            due_at = change.now + cadence
            made = Promise(incident_id=change.number, audience=name, due_at=due_at, promised_at=change.now)
            waiting = [make(change, made, cadence)]
        for found in waiting:
            repace(change, found, cadence)
            found.paced_by = change.by
            paced.append(name)
    return paced


def usual_cadence(change: Change, only: str | None = None) -> list[str]:
    """Audiences go back to their own pace. Gives back which."""
    paced = []
    for name in [only] if only else audiences(change.services, change.incident):
        rhythm = rhythm_of(change.services, change.incident, name, change.now)
        for found in by_the_clock(change, name):
            if isinstance(rhythm, timedelta):
                repace(change, found, rhythm)
                found.paced_by = None
            else:
                drop(change.session, found)
            paced.append(name)
    return paced


def pause(change: Change, reason: str) -> None:
    """Nothing is sent by the clock until somebody says so."""
    for promise in tables.waiting(change.session, change.number):
        draft_messages.outdate(change.session, promise)
    pauses.begin(change.session, change.number, reason, change.by, change.now)


def resume(change: Change) -> None:
    """The clock runs on: what was held back comes when it was promised, or soon when that has passed."""
    services, incident, now = change.services, change.incident, change.now
    ended = pauses.end(change.session, change.number, change.by, now)
    held = {promise.audience: promise for promise in ended}
    for promise in held.values():
        drop(change.session, promise)
    for name in audiences(services, incident):
        rhythm = rhythm_of(services, incident, name, now)
        earlier = held.get(name)
        if earlier and earlier.paced_by and earlier.cadence_s:
            rhythm = timedelta(seconds=earlier.cadence_s)
        if not isinstance(rhythm, timedelta):
            continue
        due_at = rules.resumed(
            earlier.due_at if earlier else now + rhythm, services.floor.draft_before or LATE_AFTER, now
        )
        due_at = rules.after_quiet(due_at, quiet_of(services, incident, name))
        made = Promise(
            incident_id=change.number,
            audience=name,
            due_at=due_at,
            promised_at=now,
            paced_by=earlier.paced_by if earlier else None,
        )
        make(change, made, rhythm)


def lift(change: Change) -> None:
    """The pause is over because the incident is; what was held back gives way to the last update."""
    pauses.end(change.session, change.number, None, change.now)


def mind_the_clock(services: Services, now: datetime) -> None:
    """What was promised by a clock that was set back since would come hours late: it is promised anew."""
    with services.store.reading() as session:
        strange = {promise.incident_id for promise in tables.made_later_than(session, now + SET_BACK_BY)}
    for number in sorted(strange):
        with services.store.transaction() as session:
            incidents.locked(session, number)
            for promise in tables.waiting(session, number):
                if promise.promised_at > now + SET_BACK_BY:
                    due_at = rules.set_back(promise.due_at, promise.promised_at, now)
                    promise.promised_at = now
                    move(session, services, promise, due_at, now)
