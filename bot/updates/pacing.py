"""The pace of an incident's updates set by hand: another cadence, a pause, and going on; and a clock set back."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import draft_messages, pauses, rules, tables
from bot.updates.rules import LATE_AFTER
from bot.updates.scheduling import audiences, by_the_clock, drop, make, move, quiet_of, repace, rhythm_of
from bot.updates.tables import Promise

# Clocks of several machines differ by less.
SET_BACK_BY = timedelta(minutes=1)


def set_cadence(
    session: Session,
    services: Services,
    incident: Incident,
    cadence: timedelta,
    now: datetime,
    by: str,
    only: str | None = None,
) -> list[str]:
    """One audience, or all that are told by the clock, are told at this pace from now on. Gives back which."""
    paced = []
    for name in [only] if only else audiences(services, incident):
        waiting = by_the_clock(session, incident, name)
        if not waiting and only:
            made = Promise(incident_id=incident.number, audience=name, due_at=now + cadence, promised_at=now)
            waiting = [make(session, services, incident, made, cadence)]
        for found in waiting:
            repace(session, services, incident, found, cadence, now)
            found.paced_by = by
            paced.append(name)
    return paced


def usual_cadence(
    session: Session, services: Services, incident: Incident, now: datetime, only: str | None = None
) -> list[str]:
    """Audiences go back to their own pace. Gives back which."""
    paced = []
    for name in [only] if only else audiences(services, incident):
        rhythm = rhythm_of(services, incident, name, now)
        for found in by_the_clock(session, incident, name):
            if isinstance(rhythm, timedelta):
                repace(session, services, incident, found, rhythm, now)
                found.paced_by = None
            else:
                drop(session, found)
            paced.append(name)
    return paced


def pause(session: Session, incident: Incident, reason: str, by: str, now: datetime) -> None:
    """Nothing is sent by the clock until somebody says so."""
    for promise in tables.waiting(session, incident.number):
        draft_messages.outdate(session, promise)
    pauses.begin(session, incident.number, reason, by, now)


def resume(session: Session, services: Services, incident: Incident, by: str | None, now: datetime) -> None:
    """The clock runs on: what was held back comes when it was promised, or soon when that has passed."""
    held = {promise.audience: promise for promise in pauses.end(session, incident.number, by, now)}
    for promise in held.values():
        drop(session, promise)
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
            incident_id=incident.number,
            audience=name,
            due_at=due_at,
            promised_at=now,
            paced_by=earlier.paced_by if earlier else None,
        )
        make(session, services, incident, made, rhythm)


def lift(session: Session, incident_id: int, now: datetime) -> None:
    """The pause is over because the incident is; what was held back gives way to the last update."""
    pauses.end(session, incident_id, None, now)


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
