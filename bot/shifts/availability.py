"""The shifts of those who come: without absences, and without people who are not there; why nobody is on."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlmodel import Session, col

from bot import directory
from bot.services import Services
from bot.shifts import absence_tables, tables
from bot.shifts.open_time_tables import OpenTime
from bot.shifts.rules import Duty, Problem, to_minute
from bot.shifts.tables import Shift, of_available, roster_changed


def of_those_who_come(session: Session, shifts: Iterable[Shift], now: datetime) -> Iterator[list[Shift]]:
    """Shifts in order of their start, grouped by it, without those of people who are not available then."""
    for moment, group in groupby(shifts, key=lambda shift: max(shift.starts_at, now)):
        yield of_available(session, list(group), moment)


def check_again(session: Session, services: Services, user_id: str, now: datetime) -> None:
    """Check the point of contact and the coverage at once, as a person has become unavailable."""
    roster_changed(session, now)


def available_duties(session: Session, start: datetime, end: datetime) -> list[Duty]:
    """The shifts in a period as the rules need them: without absences, and without deactivated accounts."""
    absences_by_person: dict[str, list[tuple[int, int]]] = {}
    for absence in absence_tables.between(session, start, end):
        absences_by_person.setdefault(absence.user_id, []).append(
            (to_minute(absence.starts_at), to_minute(absence.ends_at))
        )
    # Columns instead of mapped rows, because a roster of two months has ten thousand shifts.
    columns: list[Any] = [
        *(Shift.starts_at, Shift.ends_at, Shift.person, Shift.user_id, Shift.role, Shift.region, Shift.site),
        col(Shift.user_id).is_not(None),
    ]
    touches_period = (col(Shift.ends_at) > start, col(Shift.starts_at) < end)
    rows = session.connection().execute(sa.select(*columns).where(*touches_period)).all()
    gone_ids = directory.gone(session, {row.user_id for row in rows if row.user_id})
    return [
        part
        for starts_at, ends_at, person, user_id, *attributes in rows
        if user_id not in gone_ids
        for part in without_absences(
            Duty(to_minute(starts_at), to_minute(ends_at), user_id or person, *attributes),
            absences_by_person.get(user_id or "", ()),
        )
    ]


def without_absences(duty: Duty, absences: Sequence[tuple[int, int]]) -> list[Duty]:
    """The parts of a shift outside the absences."""
    if not absences:
        return [duty]
    parts = [(duty.start, duty.end)]
    for start, end in absences:
        parts = [
            piece
            for low, high in parts
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1]
        ]
    attributes = (duty.person, duty.role, duty.region, duty.site, duty.is_known)
    return [Duty(low, high, *attributes) for low, high in parts]


class MissingPeople(Struct, frozen=True):
    """People whom the roster names in an open time and who do not cover it."""

    # Names in the roster that belong to nobody in Slack.
    unknown: Sequence[str] = ()
    # Slack ids.
    absent: Sequence[str] = ()


NOBODY_MISSING = MissingPeople()


def find_missing(session: Session, open_time: OpenTime) -> MissingPeople:
    """The people whom the roster names in an open time, and who do not cover it."""
    if open_time.problem not in (Problem.GAP, Problem.SHORT) or not open_time.is_open:
        return NOBODY_MISSING
    when = open_time.starts_at, open_time.ends_at
    shifts = [shift for shift in tables.between(session, *when) if _is_at_place(shift, open_time)]
    absences = absence_tables.between(session, *when)
    absent = {
        shift.user_id
        for shift in shifts
        for absence in absences
        if shift.user_id == absence.user_id
        and absence.starts_at < shift.ends_at
        and absence.ends_at > shift.starts_at
    }
    unknown = {shift.person for shift in shifts if shift.user_id is None}
    return MissingPeople(sorted(unknown), sorted(user_id for user_id in absent if user_id))


def _is_at_place(shift: Shift, open_time: OpenTime) -> bool:
    return all(
        not needed or needed.casefold() == given.casefold()
        for needed, given in (
            (open_time.role, shift.role),
            (open_time.region, shift.region),
            (open_time.site, shift.site),
        )
    )
