"""Who comes after somebody: the next on shift, and who takes over when a person becomes unavailable."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import directory
from bot.config.floor.reading import ROSTER
from bot.incidents.facts import OnShift
from bot.services import Services
from bot.shifts import tables

SOON = timedelta(hours=2)


def next_on_shift(session: Session, services: Services, user_id: str, now: datetime) -> Sequence[str]:
    """Who may take over a person's shift: on in the same role within two hours of its end; the nearest first."""
    own = [shift for shift in tables.of_person(session, user_id, now - SOON, now + SOON) if shift.starts_at <= now]
    role = own[-1].role if own else services.floor.shifts.contact
    until = max(own[-1].ends_at, now) if own else now
    coming = [
        shift
        for shift in tables.between(session, now, until + SOON)
        if shift.role == role and shift.user_id not in (None, user_id) and shift.ends_at > until
    ]
    # Those who come on when the shift ends, before somebody who is on all along.
    ordered = sorted(coming, key=lambda shift: (abs(shift.starts_at - until), shift.starts_at))
    return list(dict.fromkeys(str(shift.user_id) for shift in ordered))


def contact_now(session: Session, services: Services, now: datetime) -> Sequence[str]:
    """Who is the point of contact at a moment."""
    role = services.floor.shifts.contact
    return [shift.user_id for shift in tables.on_at(session, now, role) if shift.user_id] if role else ()


def on_shift(session: Session, services: Services, now: datetime) -> Sequence[OnShift]:
    """Everyone who is on at a moment, in whatever role."""
    return [OnShift(each.person, each.user_id, each.role, each.region) for each in tables.on_at(session, now)]


def fallback(session: Session, services: Services, user_id: str, now: datetime) -> str | None:
    """Who is accountable instead of a person who is not available: the first that floor.yaml names who is."""
    shifts = services.floor.shifts
    names = [*shifts.fallback, *([f"{ROSTER}{shifts.contact}"] if shifts.contact else []), *shifts.managers]
    away = tables.absent_at(session, now)
    candidates = [each for name in names for each in _people(session, name, now)]
    may_act = {person.id for person in directory.people(session, candidates) if person.may_act}
    return next((each for each in candidates if each != user_id and each not in away and each in may_act), None)


def _people(session: Session, name: str, now: datetime) -> Sequence[str]:
    if name.startswith(ROSTER):
        return [shift.user_id for shift in tables.on_at(session, now, name.removeprefix(ROSTER)) if shift.user_id]
    if not name.startswith("@"):
        return [name]
    handle = name.removeprefix("@")
    person = directory.user_id_by_handle(session, handle)
    return [person] if person else directory.group_members(session, handle) or []
