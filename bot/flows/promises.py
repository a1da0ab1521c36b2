"""Which updates an incident has promised, as its severity and status change."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.floor import HERE, Audience, Moment
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import rules, tables

CLOCK = "clock"
CHANGE = "change"
RESOLVED = "resolved"
CLOSED = "closed"


def audiences(services: Services, incident: Incident) -> dict[str, Audience]:
    """Who may be told of this incident: of a private one, only those in its own channel."""
    return {
        name: audience
        for name, audience in services.floor.audiences.items()
        if not incident.is_private or HERE in audience.channels
    }


def begin(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """Promise the first update to each audience that is told by the clock."""
    for name, audience in audiences(services, incident).items():
        rhythm, first = audience.rhythm(incident.severity), audience.first_after(incident.severity)
        if isinstance(rhythm, timedelta) and isinstance(first, timedelta):
            due_at = rules.first_update_due(first, now)
            tables.promise(session, incident.number, name, due_at, now, int(rhythm.total_seconds()))


def retime(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """The severity changed: every promise moves to the new rhythm, and who waits for changes is told."""
    for name, audience in audiences(services, incident).items():
        rhythm = audience.rhythm(incident.severity)
        waiting = tables.waiting(session, incident.number, name)
        if not isinstance(rhythm, timedelta):
            for promise in waiting:
                tables.drop_one(session, promise)
        elif waiting:
            for promise in waiting:
                old = timedelta(seconds=promise.cadence_s) if promise.cadence_s else None
                promise.due_at = rules.retimed(promise.due_at, old, rhythm, now)
                promise.cadence_s = int(rhythm.total_seconds())
                session.add(promise)
        else:
            due_at = rules.first_update_due(rhythm, now)
            tables.promise(session, incident.number, name, due_at, now, int(rhythm.total_seconds()))
    on_change(session, services, incident, now)


def on_change(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """Tell the audiences that are told when something changes."""
    for name, audience in audiences(services, incident).items():
        if audience.rhythm(incident.severity) == Moment.ON_CHANGE:
            tables.promise(session, incident.number, name, now, now, occasion=CHANGE)


def now_for_all(
    session: Session, services: Services, incident: Incident, now: datetime, occasion: str, by: str, words: str
) -> int:
    """An update at once to every audience that is told anything before the close; gives back to how many."""
    told = 0
    for name, audience in audiences(services, incident).items():
        if audience.rhythm(incident.severity) in (Moment.NEVER, Moment.AT_CLOSE):
            continue
        for promise in tables.waiting(session, incident.number, name):
            tables.drop_one(session, promise)
        rhythm = audience.rhythm(incident.severity)
        cadence_s = int(rhythm.total_seconds()) if isinstance(rhythm, timedelta) else None
        tables.promise(
            session, incident.number, name, now, now, cadence_s, occasion=occasion, words=words, requested_by=by
        )
        told += 1
    return told


def now_for_one(
    session: Session,
    services: Services,
    incident: Incident,
    name: str,
    now: datetime,
    occasion: str,
    by: str,
    words: str,
) -> None:
    """Words for one audience at once, beside what is promised to it."""
    if name in audiences(services, incident):
        tables.promise(session, incident.number, name, now, now, occasion=occasion, words=words, requested_by=by)


def set_cadence(
    session: Session, services: Services, incident: Incident, cadence: timedelta, now: datetime
) -> None:
    """Every audience that is told by the clock is told at this pace from now on."""
    for name in audiences(services, incident):
        for promise in tables.waiting(session, incident.number, name):
            old = timedelta(seconds=promise.cadence_s) if promise.cadence_s else None
            promise.due_at = rules.retimed(promise.due_at, old, cadence, now)
            promise.cadence_s = int(cadence.total_seconds())
            session.add(promise)


def at_close(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """Tell the audiences that are told when it is over."""
    end(session, incident.number)
    for name, audience in audiences(services, incident).items():
        if audience.rhythm(incident.severity) == Moment.AT_CLOSE:
            tables.promise(session, incident.number, name, now, now, occasion=CLOSED)


def end(session: Session, incident_id: int) -> None:
    """Nothing more is promised."""
    tables.drop(session, incident_id)
