"""Compares a roster, as it was read, with the shifts that are known of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from bot.shifts.reading.rows import LeftOut, ReadShift

FIELDS = ("role", "region", "site", "zone", "starts_at", "ends_at")
Times = tuple[datetime, datetime]


class Moved(Struct, frozen=True):
    """A new, changed or removed shift of a person; `before` and `after` are its times."""

    user_id: str
    role: str
    before: Times | None = None
    after: Times | None = None


class RosterShift(Struct, frozen=True):
    """A shift of a roster: as it is known, or as the roster has it now."""

    external_id: str
    person: str
    user_id: str | None
    rostered: str
    role: str
    region: str
    site: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    # Its number, and when it had last changed as the roster was compared with it; both None for a new one.
    shift_id: int | None = None
    seen_changed_at: datetime | None = None
    is_removed: bool = False


class Comparison(Struct):
    """The shifts that are new, changed or removed, what that means for people, and their number by kind."""

    differences: list[RosterShift]
    moved: list[Moved]
    added: int = 0
    changed: int = 0
    removed: int = 0


class Result(Struct, frozen=True):
    """The result of importing a roster."""

    name: str
    shifts: int
    added: int
    changed: int
    removed: int
    left_out: Sequence[LeftOut]
    unknown: Sequence[str]


def compare(
    known_shifts: Iterable[RosterShift], rows: Mapping[str, ReadShift], ids: Mapping[str, str], now: datetime
) -> Comparison:
    """Compare the shifts of a roster with its rows; `ids` are the Slack ids of people by name."""
    result, known_shifts = Comparison([], []), list(known_shifts)
    rows_of_shifts = _pair(known_shifts, rows)
    for shift in known_shifts:
        row = rows_of_shifts.get(shift.external_id)
        if row is not None:
            _compare_shift(result, shift, row, ids.get(row.person), now)
        elif shift.ends_at > now:
            result.removed += 1
            result.moved.append(_moved(shift, before=_times(shift)))
            has_begun = shift.starts_at < now
            # One that has begun ends now instead.
            ended_shift = (
                replace(shift, ends_at=now, changed_at=now) if has_begun else replace(shift, is_removed=True)
            )
            result.differences.append(ended_shift)
    known_ids = {row.external_id for row in rows_of_shifts.values()}
    new_shifts = [_new(row, ids.get(row.person), now) for key, row in rows.items() if key not in known_ids]
    result.added = len(new_shifts)
    result.differences += new_shifts
    result.moved += [_moved(shift, after=_times(shift)) for shift in new_shifts]
    return result


def _pair(known_shifts: Sequence[RosterShift], rows: Mapping[str, ReadShift]) -> dict[str, ReadShift]:
    """The row of each shift, by the shift's external id: the same id, or the same person, role and times.

    Many programs give every event a new id each time that they export a calendar.
    """
    paired = {shift.external_id: rows[shift.external_id] for shift in known_shifts if shift.external_id in rows}
    others: dict[tuple[object, ...], list[ReadShift]] = {}
    for key, row in rows.items():
        if key not in paired:
            others.setdefault((row.person, row.role, row.starts_at, row.ends_at), []).append(row)
    for shift in known_shifts:
        same = others.get((shift.rostered or shift.person, shift.role, shift.starts_at, shift.ends_at))
        if shift.external_id not in paired and same:
            paired[shift.external_id] = same.pop(0)
    return paired


def _compare_shift(
    result: Comparison, known_shift: RosterShift, row: ReadShift, user_id: str | None, now: datetime
) -> None:
    """A swap stands until the roster names somebody else."""
    shift, is_same_name = known_shift, row.person == (known_shift.rostered or known_shift.person)
    if shift.external_id != row.external_id:
        shift = replace(shift, external_id=row.external_id)
    if is_same_name and shift.user_id is None and user_id is not None:
        shift = replace(shift, user_id=user_id)
    # The name may belong to another account than before: floor.yaml was corrected, or a handle renamed.
    is_same_person = is_same_name and (bool(shift.rostered) or user_id in (None, shift.user_id))
    if is_same_person and all(getattr(shift, field) == getattr(row, field) for field in FIELDS):
        result.differences += [] if shift is known_shift else [shift]
        return
    facts = {field: getattr(row, field) for field in FIELDS}
    person = {} if is_same_person else {"person": row.person, "user_id": user_id, "rostered": ""}
    new_shift = replace(shift, **facts, **person, changed_at=now)
    result.changed += 1
    result.differences.append(new_shift)
    result.moved += _moved_to(shift, new_shift)


def _moved_to(before: RosterShift, after: RosterShift) -> Sequence[Moved]:
    if (before.user_id or "") == (after.user_id or ""):
        return [_moved(after, before=_times(before), after=_times(after))]
    return [_moved(before, before=_times(before)), _moved(after, after=_times(after))]


def _moved(shift: RosterShift, before: Times | None = None, after: Times | None = None) -> Moved:
    return Moved(shift.user_id or "", shift.role, before, after)


def _times(shift: RosterShift) -> Times:
    return shift.starts_at, shift.ends_at


def _new(row: ReadShift, user_id: str | None, now: datetime) -> RosterShift:
    facts = {field: getattr(row, field) for field in FIELDS}
    return RosterShift(row.external_id, row.person, user_id, rostered="", changed_at=now, **facts)
