"""Bringing an update to its subscribers: each once for a promise, in the transaction that composes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.config.floor import Moment
from bot.directory import tables as directory
from bot.directory.rules import Who
from bot.incidents import participants
from bot.incidents.tables import Incident
from bot.outbox import tables as outbox
from bot.services import Services
from bot.subscriptions import tables, views
from bot.subscriptions.rules import audience_of
from bot.updates import scheduling as promising
from bot.updates import tables as updates
from bot.updates import views as update_views
from bot.updates.footers import footer
from bot.updates.tables import Promise


def tell(session: Session, services: Services, incident: Incident, promise: Promise, now: datetime) -> None:
    """The composed update for everyone who subscribed and belongs to its audience.

    What waits for somebody is overtaken by what is newer, as it is in the channels.
    """
    wanted = tables.subscribers(session, incident)
    if not wanted:
        return
    audience_by_person = _audiences(session, services, incident, wanted)
    blocks = views.update_blocks(update_views.blocks(promise.words), incident.number)
    number = incident.number
    for person in may_read(session, incident, directory.people(session, wanted)):
        if audience_by_person.get(person.id) == promise.audience:
            mine = f"{_begins(promise)}{person.id}:"
            outbox.supersede(session, mine)
            key = f"{mine}{promise.id}"
            outbox.post(session, key, person.id, promise.words, now, incident_id=number, blocks=blocks)


def amend(session: Session, services: Services, incident: Incident, promise: Promise, now: datetime) -> None:
    """The copies of an update say when the next one comes after all, to whoever may still read of the incident."""
    copies = outbox.posts_of(session, incident.number, _begins(promise), f":{promise.row}")
    if not copies:
        return
    audience = services.floor.audiences[promise.audience]
    below = footer(session, services, incident, promise, audience.languages, now, is_outside=audience.outside)
    by_person = {copy.key.split(":")[-2]: copy for copy in copies}
    for person in may_read(session, incident, directory.people(session, by_person)):
        copy = by_person[person.id]
        blocks = views.update_blocks([*update_views.blocks((copy.payload or {})["text"]), *below], incident.number)
        outbox.edit(session, copy, blocks, now)


def _begins(promise: Promise) -> str:
    """How the keys of an audience's copies begin; a person's id and the promise's follow."""
    return f"copy:{promise.incident_id}:{promise.audience}:"


def next_for(session: Session, services: Services, incident: Incident, user_id: str) -> datetime | None:
    """When a subscriber hears next, as far as it is promised."""
    audience = _audiences(session, services, incident, [user_id]).get(user_id)
    waiting = updates.waiting(session, incident.number, audience) if audience else []
    return min((promise.due_at for promise in waiting), default=None)


def may_read(session: Session, incident: Incident, people: Sequence[Who]) -> list[Who]:
    """Who of them may read of this incident: no strangers, and guests only while they are in its channel."""

    def takes_part(person: Who) -> bool:
        is_guest = not (person.is_stranger or person.is_bot)
        return is_guest and participants.takes_part(session, incident.number, person.id)

    return [person for person in people if person.may_act or takes_part(person)]


def _audiences(
    session: Session, services: Services, incident: Incident, people: Sequence[str]
) -> dict[str, str | None]:
    """Whose words each of them gets in this incident."""
    all_of_them = promising.audiences(services, incident)
    told = [name for name, each in all_of_them.items() if each.rhythm(incident.severity) != Moment.NEVER]
    inside = [name for name in told if not all_of_them[name].outside]
    members = {
        name: {
            user_id
            for group in each.members
            for user_id in directory.members(session, group.removeprefix("@")) or []
        }
        for name, each in all_of_them.items()
    }
    return {
        person: audience_of([name for name, of_it in members.items() if person in of_it], told, inside)
        for person in people
    }
