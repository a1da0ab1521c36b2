"""Updates in handovers: the promised ones, with their audiences and times."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from bot.incidents.audiences import audience_title
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, near_time
from bot.updates import tables
from bot.updates.tables import Promise

HANDED_OVER_WITHIN = timedelta(hours=2)


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
