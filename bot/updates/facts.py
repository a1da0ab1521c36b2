"""What others ask of updates: handovers, the export of an incident, and the auditor."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from bot.incidents.audiences import audience_title, audiences_of
from bot.incidents.registry import Export, Naming, Rows
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, near_time
from bot.updates import pauses, tables
from bot.updates.tables import Promise

HANDED_OVER_WITHIN = timedelta(hours=2)
HEADER = (
    "number",
    "audience",
    "due at (UTC)",
    "sent at (UTC)",
    "seconds late",
    "missed before",
    "occasion",
    "words",
)


def promises_due(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """Promised updates by time, with their audiences, soonest first."""
    return _lines(tables.waiting(session, incident.number), partial(audience_title, services), now)


def promises_of_next_shift(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """The same, of those due in the first two hours of the next shift, in the floor's language."""
    floor = services.floor

    def title_of(audience: str) -> str:
        title = audience_title(services, audience)
        return floor.in_language(title, floor.language) or title

    promises = tables.waiting(session, incident.number)
    return _lines([each for each in promises if each.due_at <= now + HANDED_OVER_WITHIN], title_of, now)


def _lines(promises: Sequence[Promise], title_of: Callable[[str], str], now: datetime) -> list[str]:
    titles_by_time: dict[str, list[str]] = {}
    for promise in sorted(promises, key=lambda promise: promise.due_at):
        title = escape(title_of(promise.audience))
        titles_by_time.setdefault(near_time(promise.due_at, now), []).append(title)
    return [f"{due_text}: {', '.join(audiences)}" for due_text, audiences in titles_by_time.items()]


def _rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            promise.number,
            promise.audience,
            promise.due_at,
            promise.sent_at,
            int((promise.sent_at - promise.due_at).total_seconds()) if promise.sent_at else None,
            promise.missed,
            promise.occasion,
            promise.text,
        )
        for promise in tables.of_incident(session, number)
    ]


UPDATES = Export("updates.csv", HEADER, _rows)


def incidents_without_update(
    session: Session, services: Services, now: datetime
) -> Callable[[Incident], dict[str, str]]:
    """Return a check for incidents that have audiences with scheduled updates but no update promised to any."""
    promised_or_paused = tables.incidents_with_promise(session) | pauses.current_by_incident(session).keys()

    def check_incident(incident: Incident) -> dict[str, str]:
        audiences = audiences_of(services, incident).values()
        is_scheduled = any(
            isinstance(audience.usual_cadence(incident.severity), timedelta) for audience in audiences
        )
        if incident.number in promised_or_paused or not is_scheduled:
            return {}
        return {f"no update:{incident.number}": "has no next update promised to anybody"}

    return check_incident
