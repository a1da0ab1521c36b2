"""Finds successors: the next person on shift, and who takes over if a person becomes unavailable."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain

from sqlmodel import Session

from bot.config.floor.reading import ROSTER
from bot.incidents.facts import OnShift
from bot.incidents.people import NO_INCIDENT, known_people
from bot.services import Services
from bot.shifts import absence_tables, availability, tables

SOON = timedelta(hours=2)


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


def on_shift(
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
