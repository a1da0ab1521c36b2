"""Resolves names to people: names in rosters to Slack ids, and `roster:role` in ladders and commands."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from sqlmodel import Session

from bot import directory
from bot.config.floor import Floor
from bot.config.floor.reading import PERSON_ID, ROSTER
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.incidents import people as incident_people
from bot.incidents.facts import OnShift
from bot.incidents.people import NO_INCIDENT, known_people
from bot.services import Services
from bot.shifts import absence_tables, availability, tables
from bot.slack.text import mention

SOON = timedelta(hours=2)


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


def next_on_shift(session: Session, services: Services, user_id: str, now: datetime) -> Sequence[str]:
    """People who may take over a shift: on in the same role within two hours of its end, nearest start first.

    Those who are absent when theirs begins are left out.
    """
    current_shifts = [
        shift for shift in tables.of_person(session, user_id, now - SOON, now + SOON) if shift.starts_at <= now
    ]
    role = current_shifts[-1].role if current_shifts else services.floor.shifts.contact
    until = max(current_shifts[-1].ends_at, now) if current_shifts else now
    coming_shifts = [
        shift
        for shift in tables.between(session, now, until + SOON)
        if shift.role == role and shift.user_id not in (None, user_id) and shift.ends_at > until
    ]
    # People who come on when the shift ends are listed before those who are on throughout.
    available_shifts = chain.from_iterable(availability.of_those_who_come(session, coming_shifts, now))
    shifts_by_start = sorted(available_shifts, key=lambda shift: (abs(shift.starts_at - until), shift.starts_at))
    return list(dict.fromkeys(str(shift.user_id) for shift in shifts_by_start))


def contact_now(session: Session, services: Services, now: datetime) -> Sequence[str]:
    """The points of contact at a moment."""
    role = services.floor.shifts.contact
    return [shift.user_id for shift in tables.on_at(session, now, role) if shift.user_id] if role else ()


def everyone_on_shift(
    session: Session, services: Services, start: datetime, end: datetime | None = None
) -> Sequence[OnShift]:
    """Everyone who is on at a moment, or has a shift between two moments, in any role."""
    shifts = tables.on_at(session, start) if end is None else tables.between(session, start, end)
    return [OnShift(each.person, each.user_id, each.role, each.region) for each in shifts]


def fallback(session: Session, services: Services, user_id: str, now: datetime) -> str | None:
    """Who is accountable for an unavailable person: the first available person named in floor.yaml, if any."""
    shifts = services.floor.shifts
    names = [*shifts.fallback, *([f"{ROSTER}{shifts.contact}"] if shifts.contact else []), *shifts.managers]
    absent_ids = absence_tables.absent_at(session, now)
    candidates = known_people(session, services, NO_INCIDENT, names, now)
    return next((each for each in candidates if each != user_id and each not in absent_ids), None)
