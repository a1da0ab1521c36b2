"""Why nobody is on although the roster names somebody: the bot does not know them, or they are absent then."""

from collections.abc import Sequence

from msgspec import Struct
from sqlmodel import Session

from bot.shifts import absence_tables, tables
from bot.shifts.open_time_tables import OpenTime
from bot.shifts.rules import Problem
from bot.shifts.tables import Shift


class MissingPeople(Struct, frozen=True):
    """People whom the roster names in an open time and who do not cover it."""

    # Names in the roster that belong to nobody in Slack.
    unknown: Sequence[str] = ()
    # Slack ids.
    absent: Sequence[str] = ()


NOBODY = MissingPeople()


def find(session: Session, open_time: OpenTime) -> MissingPeople:
    """The people whom the roster names in an open time, and who do not cover it."""
    if open_time.problem not in (Problem.GAP, Problem.SHORT) or not open_time.is_open:
        return NOBODY
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
