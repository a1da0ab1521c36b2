"""Imports a roster: what differs is staged, and comes to count in one transaction; the people affected are told."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

from msgspec import Struct, field
from sqlmodel import Session

from bot import outbox
from bot.runtime.chunks import ChunkSize
from bot.runtime.database import Database, low_priority, upsert
from bot.services import Services
from bot.shifts import people, roster_views, staged_shifts, tables
from bot.shifts.comparing import Comparison, Moved, Result, RosterShift, compare
from bot.shifts.reading.rows import LeftOut, ReadShift, RosterUnreadable
from bot.shifts.staged_shifts import Overtaken
from bot.shifts.tables import RosterState
from bot.shifts.wording import translator_for

# How far ahead a roster is read, and how far back it may still make corrections.
AHEAD, BACK = timedelta(days=62), timedelta(days=1)
NOTIFIED_AHEAD = timedelta(days=14)
MOST_LEFT_OUT = 10_000
# As many differences need no staging: they are written in one short transaction.
AT_ONCE = 200
# A comparison is repeated when shifts have changed before it came to count.
ATTEMPTS = 5


OnImported = Callable[[Session, Result], None]


class Reading(Struct, frozen=True):
    """A roster as it was read: its entries, by whom and when, and the hash of its content."""

    name: str
    entries: Sequence[ReadShift | LeftOut]
    by: str
    at: datetime
    content_hash: str


class _Import(Struct, frozen=True):
    """A reading compared with the shifts that are known."""

    reading: Reading
    # The roster's state then.
    state: RosterState | None
    shifts: int
    left_out: Sequence[LeftOut]
    unknown: Sequence[str]
    comparison: Comparison
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def differences(self) -> Sequence[RosterShift]:
        """What the import changes."""
        return self.comparison.differences


def import_roster(
    services: Services, reading: Reading, on_imported: OnImported, *, at_once: int = AT_ONCE
) -> Result:
    """Replace a roster's shifts with those read. Nobody is told the first time, when all shifts are new.

    The roster is compared before the transaction in which all of it comes to count, and many differences are staged
    before it: clicks, and checks of the shifts, wait for that one transaction at most. An interrupted import has
    changed nothing. `on_imported` is called in its last transaction.
    """
    with low_priority():
        for _ in range(ATTEMPTS):
            with suppress(Overtaken):
                return _import_once(services, reading, on_imported, at_once)
    raise RosterUnreadable(name=reading.name, reason="its shifts are being changed at this moment")


def _import_once(services: Services, reading: Reading, on_imported: OnImported, at_once: int) -> Result:
    database, now = services.database, reading.at
    with database.reading() as session:
        new = _compare(session, services, reading)
    is_staged = len(new.differences) > at_once
    if is_staged:
        _stage(database, new, at_once)
    with database.transaction() as session:
        if new.differences:
            tables.roster_changed(session, now)
        if _is_overtaken(session, new):
            raise Overtaken()
        result = _finish(session, services, new, is_staged=is_staged)
        on_imported(session, result)
        return result


def replace_shifts(session: Session, services: Services, reading: Reading) -> Result:
    """The same within the caller's transaction, for a source whose cursor moves in it."""
    new = _compare(session, services, reading)
    if new.differences:
        # Compared again, as shifts change only while their clocks are locked.
        tables.roster_changed(session, reading.at)
        new = _compare(session, services, reading)
    return _finish(session, services, new, is_staged=False)


def _compare(session: Session, services: Services, reading: Reading) -> _Import:
    now = reading.at
    rows, left_out = _split_entries(
        each for each in reading.entries if isinstance(each, LeftOut) or each.ends_at > now - BACK
    )
    ids = people.user_ids(session, services.floor, {row.person for row in rows.values()})
    known_shifts = tables.known_shifts(session, reading.name, rows, now - BACK)
    unknown = sorted({row.person for row in rows.values() if row.person not in ids})
    state = session.get(RosterState, reading.name)
    return _Import(reading, state, len(rows), left_out, unknown, compare(known_shifts, rows, ids, now))


def _stage(database: Database, new: _Import, at_once: int) -> None:
    size, rest = ChunkSize(at_once), list(new.differences)
    while rest:
        chunk, rest = rest[: size.rows], rest[size.rows :]
        # They do not count yet: the commit that makes them count syncs all of them to disk.
        with size.measured(len(chunk)), database.transaction(is_synced=False) as session:
            staged_shifts.stage(session, new.key, chunk, new.reading.at)


def _is_overtaken(session: Session, new: _Import) -> bool:
    """Whether another process has read the roster meanwhile."""
    state = session.get(RosterState, new.reading.name)
    return (state and (state.content_hash, state.read_at)) != (
        new.state and (new.state.content_hash, new.state.read_at)
    )


def _finish(session: Session, services: Services, new: _Import, *, is_staged: bool) -> Result:
    reading, comparison, now = new.reading, new.comparison, new.reading.at
    if comparison.differences:
        if not is_staged:
            staged_shifts.stage(session, new.key, comparison.differences, now)
        staged_shifts.apply(session, reading.name, new.key, comparison.differences, now)
    if new.state is not None and new.state.content_hash:
        _notify(session, services, reading.name, comparison.moved, now)
    state = RosterState(
        name=reading.name,
        content_hash=reading.content_hash,
        read_at=now,
        by=reading.by,
        shifts=new.shifts,
        left_out=_stored_left_out(new.left_out),
    )
    upsert(session, state)
    counts = (comparison.added, comparison.changed, comparison.removed)
    return Result(reading.name, new.shifts, *counts, new.left_out, new.unknown)


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


def _notify(session: Session, services: Services, name: str, shift_changes: Sequence[Moved], now: datetime) -> None:
    by_person: dict[str, list[Moved]] = {}
    for shift_change in shift_changes:
        earliest_start = min(times[0] for times in (shift_change.before, shift_change.after) if times)
        if shift_change.user_id and earliest_start <= now + NOTIFIED_AHEAD and _is_ahead(shift_change, now):
            by_person.setdefault(shift_change.user_id, []).append(shift_change)
    for user_id, changes in sorted(by_person.items()):
        # Not the content: a roster may be changed back to what it was.
        key = f"roster:{name}:{now.isoformat()}:{user_id}"
        translate = translator_for(session, services, user_id)
        text = roster_views.changes_text(changes, name, services.floor, translate)
        outbox.post(session, key, user_id, text, now)


def _is_ahead(shift_change: Moved, now: datetime) -> bool:
    return any(times[1] > now for times in (shift_change.before, shift_change.after) if times)
