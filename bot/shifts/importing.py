"""Imports a roster: new, changed and removed shifts in one transaction; the people affected are told."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.runtime.database import upsert
from bot.services import Services
from bot.shifts import people, roster_views, tables
from bot.shifts.reading.rows import LeftOut, ReadShift
from bot.shifts.tables import RosterState, Shift

# How far ahead a roster is read, and how far back it may still make corrections.
AHEAD, BACK = timedelta(days=62), timedelta(days=1)
NOTIFIED_AHEAD = timedelta(days=14)
MOST_LEFT_OUT = 10_000
FIELDS = ("role", "region", "site", "zone", "starts_at", "ends_at")


class Moved(Struct, frozen=True):
    """A new, changed or removed shift of a person; `before` and `after` are its times."""

    user_id: str
    role: str
    before: tuple[datetime, datetime] | None = None
    after: tuple[datetime, datetime] | None = None


class Result(Struct, frozen=True):
    """The result of importing a roster."""

    name: str
    shifts: int
    added: int
    changed: int
    removed: int
    left_out: Sequence[LeftOut]
    unknown: Sequence[str]


def replace_shifts(
    session: Session,
    services: Services,
    name: str,
    entries: Iterable[ReadShift | LeftOut],
    by: str,
    now: datetime,
    content: str,
) -> Result:
    """Replace a roster's shifts with those read. Nobody is told the first time, when all shifts are new."""
    tables.roster_changed(session, now)
    floor, state = services.floor, session.get(RosterState, name)
    is_first = state is None or not state.content_hash
    rows, left_out = _split_entries(
        each for each in entries if isinstance(each, LeftOut) or each.ends_at > now - BACK
    )
    ids = people.user_ids(session, floor, {row.person for row in rows.values()})
    shift_changes, counts = _apply(session, name, rows, ids, now)
    if not is_first:
        _notify(session, services, name, shift_changes, now)
    state = RosterState(
        name=name,
        content_hash=content,
        read_at=now,
        by=by,
        shifts=len(rows),
        left_out=_stored_left_out(left_out),
    )
    upsert(session, state)
    unknown = sorted({row.person for row in rows.values() if row.person not in ids})
    return Result(name, len(rows), *counts, left_out, unknown)


def _stored_left_out(left_out: Sequence[LeftOut]) -> list[list[str]]:
    """The entries left out, for the list of rosters; beyond 10,000 they are only counted."""
    stored_entries = [[each.where, each.reason] for each in left_out[:MOST_LEFT_OUT]]
    more = len(left_out) - len(stored_entries)
    return [*stored_entries, [f"{more:,} more", "they are not listed"]] if more else stored_entries


def _split_entries(entries: Iterable[ReadShift | LeftOut]) -> tuple[dict[str, ReadShift], list[LeftOut]]:
    rows: dict[str, ReadShift] = {}
    left_out: list[LeftOut] = []
    for entry in entries:
        if isinstance(entry, LeftOut):
            left_out.append(entry)
        elif entry.external_id in rows:
            left_out.append(LeftOut(f"{entry.person}, {entry.starts_at:%d %B %Y %H:%M} UTC", "is there twice"))
        else:
            rows[entry.external_id] = entry
    return rows, left_out


def _apply(
    session: Session, name: str, rows: dict[str, ReadShift], ids: dict[str, str], now: datetime
) -> tuple[list[Moved], tuple[int, int, int]]:
    shifts_by_id = {shift.external_id: shift for shift in tables.of_source(session, name, now - BACK)}
    # A shift that was over may be in the roster again, at another time.
    past_shifts = tables.past_of_source(session, name, rows.keys() - shifts_by_id.keys())
    shifts_by_id |= {shift.external_id: shift for shift in past_shifts}
    shift_changes: list[Moved] = []
    added = [
        _new_shift(name, row, ids.get(row.person), now) for key, row in rows.items() if key not in shifts_by_id
    ]
    session.add_all(added)
    shift_changes += [_shift_change(shift, None, _times(shift)) for shift in added]
    changed = 0
    for key, shift in shifts_by_id.items():
        if key in rows:
            changes_of_shift = _update_shift(shift, rows[key], ids.get(rows[key].person), now)
            changed += bool(changes_of_shift)
            shift_changes += changes_of_shift
    removed = [shift for key, shift in shifts_by_id.items() if key not in rows and shift.ends_at > now]
    for shift in removed:
        shift_changes.append(_shift_change(shift, _times(shift), None))
        _remove_shift(session, shift, now)
    session.flush()
    return shift_changes, (len(added), changed, len(removed))


def _new_shift(name: str, row: ReadShift, user_id: str | None, now: datetime) -> Shift:
    values = {field: getattr(row, field) for field in (*FIELDS, "external_id", "person")}
    return Shift(source=name, user_id=user_id, changed_at=now, **values)


def _times(shift: Shift | ReadShift) -> tuple[datetime, datetime]:
    return shift.starts_at, shift.ends_at


def _shift_change(
    shift: Shift, before: tuple[datetime, datetime] | None, after: tuple[datetime, datetime] | None
) -> Moved:
    return Moved(shift.user_id or "", shift.role, before, after)


def _update_shift(shift: Shift, row: ReadShift, user_id: str | None, now: datetime) -> list[Moved]:
    """Update a shift. A swap stands until the roster names somebody else."""
    is_same_name = row.person == (shift.rostered or shift.person)
    if is_same_name and shift.user_id is None:
        shift.user_id = user_id
    # The name may belong to another account than before: floor.yaml was corrected, or a handle renamed.
    is_same_person = is_same_name and (bool(shift.rostered) or user_id in (None, shift.user_id))
    if is_same_person and all(getattr(shift, field) == getattr(row, field) for field in FIELDS):
        return []
    before = _shift_change(shift, _times(shift), None)
    for field in FIELDS:
        setattr(shift, field, getattr(row, field))
    if not is_same_person:
        shift.person, shift.user_id, shift.rostered = row.person, user_id, ""
    shift.changed_at = now
    after = _shift_change(shift, None, _times(shift))
    if before.user_id == after.user_id:
        return [Moved(after.user_id, after.role, before.before, after.after)]
    return [before, after]


def _remove_shift(session: Session, shift: Shift, now: datetime) -> None:
    """Remove a shift that left the roster; one that has begun ends now instead."""
    if shift.starts_at >= now:
        session.delete(shift)
    else:
        shift.ends_at, shift.changed_at = now, now
        session.add(shift)


def _notify(session: Session, services: Services, name: str, shift_changes: Sequence[Moved], now: datetime) -> None:
    by_person: dict[str, list[Moved]] = {}
    for shift_change in shift_changes:
        earliest_start = min(times[0] for times in (shift_change.before, shift_change.after) if times)
        if shift_change.user_id and earliest_start <= now + NOTIFIED_AHEAD and _is_ahead(shift_change, now):
            by_person.setdefault(shift_change.user_id, []).append(shift_change)
    for user_id, changes in sorted(by_person.items()):
        # Not the content: a roster may be changed back to what it was.
        key = f"roster:{name}:{now.isoformat()}:{user_id}"
        translate = people.translator_for(session, services, user_id)
        text = roster_views.changes_text(changes, name, services.floor, translate, now)
        outbox.post(session, key, user_id, text, now)


def _is_ahead(shift_change: Moved, now: datetime) -> bool:
    return any(times[1] > now for times in (shift_change.before, shift_change.after) if times)
