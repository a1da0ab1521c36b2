"""Which updates an incident has promised, as its severity and status change."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.config.floor import Moment
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import draft_messages, pauses, rules, tables
from bot.updates.scheduling import audiences, by_clock, by_the_clock, drop, make, quiet_of, repace, rhythm_of
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


def begin(session: Session, services: Services, incident: Incident, now: datetime, only: str | None = None) -> None:
    """Promise the first update to each audience that is told by the clock, or to the one that is added."""
    for name, audience in audiences(services, incident).items():
        first = audience.first_after(incident.severity)
        if isinstance(first, timedelta) and only in (None, name):
            by_clock(session, services, incident, name, rules.first_update_due(first, now), now)


def retime(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """The severity changed: every promise moves to the new rhythm, and who waits for changes is told."""
    if pauses.current(session, incident.number):
        return
    for name in audiences(services, incident):
        rhythm = rhythm_of(services, incident, name, now)
        waiting = by_the_clock(session, incident, name)
        if not isinstance(rhythm, timedelta):
            for promise in waiting:
                drop(session, promise)
        elif waiting:
            for promise in waiting:
                repace(session, services, incident, promise, rhythm, now)
                promise.paced_by = None
        else:
            by_clock(session, services, incident, name, rules.first_update_due(rhythm, now), now)
    on_change(session, services, incident, now)


def on_change(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """Tell the audiences that are told when something changes; at night those who sleep hear of all of it once."""
    if pauses.current(session, incident.number):
        return
    for name, audience in audiences(services, incident).items():
        if audience.rhythm(incident.severity) != Moment.ON_CHANGE:
            continue
        due_at = rules.after_quiet(now, quiet_of(services, incident, name))
        for waiting in tables.waiting(session, incident.number, name):
            if waiting.occasion == CHANGE:
                drop(session, waiting)
        told = Promise(incident_id=incident.number, audience=name, due_at=due_at, promised_at=now, occasion=CHANGE)
        make(session, services, incident, told)


def now_for_all(
    session: Session,
    services: Services,
    incident: Incident,
    now: datetime,
    asked: Asked,
    only: Collection[str] | None = None,
) -> int:
    """An update at once to every audience that is told anything before the close, or to those named.

    It takes the place of what is promised to them. Gives back to how many it goes.
    """
    told = 0
    for name, audience in audiences(services, incident).items():
        is_told = audience.rhythm(incident.severity) not in (Moment.NEVER, Moment.AT_CLOSE)
        if not (is_told if only is None else name in only):
            continue
        _now(session, services, incident, name, now, asked)
        told += 1
    return told


def _now(session: Session, services: Services, incident: Incident, name: str, now: datetime, asked: Asked) -> None:
    taken = tables.waiting(session, incident.number, name)
    paced = next((promise for promise in taken if promise.paced_by and promise.cadence_s), None)
    for waiting in taken:
        drop(session, waiting)
    rhythm = rhythm_of(services, incident, name, now)
    cadence = timedelta(seconds=paced.cadence_s) if paced and paced.cadence_s else rhythm
    made = _asked_for(incident, name, now, asked)
    made.next_due_at, made.choice = asked.next_due_at, asked.choice
    made.paced_by = paced.paced_by if paced else None
    make(session, services, incident, made, cadence if isinstance(cadence, timedelta) else None)


def now_for_one(
    session: Session, services: Services, incident: Incident, name: str, now: datetime, asked: Asked
) -> None:
    """Words for one audience at once, beside what is promised to it."""
    if name in audiences(services, incident):
        make(session, services, incident, _asked_for(incident, name, now, asked))


def _asked_for(incident: Incident, name: str, now: datetime, asked: Asked) -> Promise:
    return Promise(
        incident_id=incident.number,
        audience=name,
        due_at=now,
        promised_at=now,
        occasion=asked.occasion,
        words=asked.words,
        requested_by=asked.by,
    )


def at_close(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """Tell the audiences that are told when it is over."""
    end(session, incident.number, now)
    for name, audience in audiences(services, incident).items():
        if audience.rhythm(incident.severity) == Moment.AT_CLOSE:
            told = Promise(incident_id=incident.number, audience=name, due_at=now, promised_at=now, occasion=CLOSED)
            make(session, services, incident, told)


def end(session: Session, incident_id: int, now: datetime) -> None:
    """Nothing more is promised."""
    pauses.end(session, incident_id, None, now)
    draft_messages.outdate_all(session, incident_id)
    tables.drop(session, incident_id)
