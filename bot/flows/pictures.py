"""The picture of an incident's timeline, from the record."""

from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents import tables as incidents
from bot.services import Services
from bot.timeline import lanes, milestones, pictures
from bot.timeline import tables as timeline
from bot.timeline.milestones import Milestone, Name
from bot.timeline.wording import Naming, people_in


def milestones_of(session: Session, number: int) -> dict[Name, Milestone]:
    """When an incident started, was detected, declared …; what is not known is not there."""
    return milestones.read(timeline.of_kinds(session, number, milestones.KINDS))


def picture(services: Services, number: int, now: datetime, name: Naming | None = None) -> bytes:
    """The picture as PNG, in the floor's language, times in UTC. `name` says how people are called in it.

    It takes about a second; `TryLater` when it could not be drawn.
    """
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
        entries = timeline.of_kinds(session, number, lanes.KINDS)
        known = milestones_of(session, number)
        people = directory.names(session, {who for entry in entries for who in people_in(entry.facts)})
    calls = name or (lambda user_id: people.get(user_id, user_id))
    title = f"#{number} {incident.title}"
    return pictures.drawn(lanes.picture(title, entries, known, calls, now, services.floor.language))
