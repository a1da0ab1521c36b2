"""Resolves names to people: names in rosters to Slack ids, and `roster:role` in ladders and commands."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory
from bot.config.floor import Floor
from bot.config.floor.reading import PERSON_ID, ROSTER
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.incidents import people as incident_people
from bot.services import Services
from bot.shifts import tables
from bot.slack.text import mention


class CannotTakeShift(WatchfloorError):
    """{person} cannot work a shift here. Ask a colleague with a full account."""

    es = "{person} no puede hacer turnos aquí. Pídeselo a alguien del equipo con una cuenta completa."


def user_ids(session: Session, floor: Floor, people: Iterable[str]) -> dict[str, str]:
    """The Slack ids of people in a roster, as far as known: by `people` in floor.yaml, by handle, by name, or by
    the part of their e-mail address before the @."""
    ids_by_name = directory.ids_by_name(session)
    handles_by_name = {name.casefold(): handle for name, handle in floor.shifts.people.items()}
    user_ids = {
        person: _user_id(handles_by_name.get(person.casefold(), person), ids_by_name) for person in set(people)
    }
    return {person: user_id for person, user_id in user_ids.items() if user_id}


def _user_id(person: str, ids_by_name: Mapping[str, str]) -> str | None:
    if re.fullmatch(PERSON_ID, person):
        return person
    name = person.removeprefix("@").casefold()
    return ids_by_name.get(name) or ids_by_name.get(name.partition("@")[0])


def on_shift(session: Session, number: int, name: str, now: datetime) -> Sequence[str] | None:
    """The people on shift in the role of `roster:role`; None for any other name."""
    if not name.startswith(ROSTER):
        return None
    current_shifts = tables.on_at(session, now, name.removeprefix(ROSTER))
    return list(dict.fromkeys(shift.user_id for shift in current_shifts if shift.user_id))


def resolve_names(services: Services, names: Iterable[str]) -> list[str]:
    """The people that these names of floor.yaml stand for and who may act."""
    return incident_people.people(services, incident_people.NO_INCIDENT, names)


def managers(services: Services) -> dict[str, list[str]]:
    """Delivery managers by region; "" holds those of all other regions."""
    regions = {name: region.managers for name, region in services.floor.cases.regions.items() if region.managers}
    return {
        name: resolve_names(services, names)
        for name, names in {"": services.floor.shifts.managers, **regions}.items()
    }


def check_can_take(services: Services, user_id: str) -> None:
    """Raise `CannotTakeShift` if the person may not act here, such as a guest, whose answer would be refused."""
    if not person_of(services, user_id).may_act:
        raise CannotTakeShift(person=mention(user_id))
