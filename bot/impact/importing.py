"""Import figures: invisible chunks in short transactions, then one transaction that makes all of them visible."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.config.floor.figures import Figures
from bot.errors import WatchfloorError
from bot.impact import interval_tables, tables
from bot.impact.reading.plan import Plan
from bot.impact.reading.rows import LeftOut, QueueName, ReadRow
from bot.impact.reading.usable import checked, last_start
from bot.impact.tables import Import
from bot.runtime.chunks import ChunkSize
from bot.runtime.clock import utcnow
from bot.runtime.database import Database, DatabaseBusy, insert, low_priority

FIRST_CHUNK = 500
# Commits without a disk sync are cheap: short enough that a click waits no longer than behind another click.
CHUNK_S = 0.01
# A busy database refuses after a second, so all attempts take less than a minute.
ATTEMPTS = 40
# A process that writes rows touches its import with every chunk.
ABANDONED_AFTER = timedelta(minutes=2)
MOST_LEFT_OUT = 1_000
REPEATED = "its queue and interval were in the file before"
REASONS_SHOWN = 5
Changed = TypeVar("Changed")


class ImportRunning(WatchfloorError):
    """This file is being imported at this moment. Its figures will be there in a minute."""


class NothingUsable(WatchfloorError):
    """None of the rows could be used, so nothing was changed. {reasons}"""


class Source(Struct, frozen=True):
    """Where figures come from. The same `key` means the same content, read in the same way."""

    key: str
    name: str
    by: str = ""
    incident_id: int | None = None


class Result(Struct):
    """The result of an import. `left_out` names the first rows left out; `left_out_count` counts all of them."""

    import_id: int
    rows: int = 0
    left_out_count: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    queues: dict[QueueName, int] = field(default_factory=dict)
    # Imported before, so nothing was changed.
    is_known: bool = False

    def leave_out(self, row: LeftOut) -> None:
        """Record a row that is not used."""
        self.left_out_count += 1
        if len(self.left_out) < MOST_LEFT_OUT:
            self.left_out.append(row)


def content_key(path: Path, file_plan: Plan, zone: str, figures: Figures) -> str:
    """The key of a file's content, read with these columns and this zone.

    A log of calls is counted by the goals of its queues, so that it can be read again when they have changed.
    """
    manner: list[Any] = [file_plan.columns.as_json(), zone]
    if file_plan.is_call_log:
        manner.append(figures.model_dump(mode="json", include={"service_level", "groups"}))
    digest = hashlib.sha256(json.dumps(manner, sort_keys=True).encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def import_rows(database: Database, source: Source, rows: Iterable[ReadRow | LeftOut]) -> Result:
    """Import all rows, or none if interrupted; importing the same content again changes nothing."""
    with low_priority():
        import_row = _begin_import(database, source, utcnow())
        if import_row.visible_at is not None:
            return Result(import_row.number, import_row.rows, import_row.left_out, is_known=True)
        try:
            return _write_and_show(database, import_row.number, iter(rows))
        except Exception:  # whatever failed, release the import for the next try and re-raise
            _release(database, import_row.number)
            raise


def _write_and_show(database: Database, import_id: int, rows: Iterator[ReadRow | LeftOut]) -> Result:
    _delete_leftover_rows(database, import_id)
    result = Result(import_id)
    _write_all(database, result, rows)
    if not result.rows:
        raise NothingUsable(reasons=reasons(result.left_out))
    _change_when_free(database, lambda session: make_visible(session, result, utcnow()))
    return result


def _release(database: Database, import_id: int) -> None:
    """Release a failed import, so that a retry need not wait."""
    with database.transaction() as session:
        import_row = session.get_one(Import, import_id)
        import_row.touched_at -= ABANDONED_AFTER


def reasons(left_out: Iterable[LeftOut]) -> str:
    """The reasons why the first rows are not used, with their lines."""
    return " ".join(f"Line {row.line}: {row.reason}." for row in islice(left_out, REASONS_SHOWN))


def import_few(session: Session, source: Source, rows: Iterable[ReadRow], now: datetime) -> Result:
    """Import a few rows within the transaction of a form or a request."""
    import_row = _claim(session, source, now)
    if import_row.visible_at is not None:
        return Result(import_row.number, import_row.rows, is_known=True)
    result = Result(import_row.number)
    row_list = list(_usable(result, rows, now))
    result.queues = _add_queues(session, import_row.number, {row.queue for row in row_list})
    unique_rows = _without_repeats(session, result, row_list)
    _insert(session, result, unique_rows)
    result.rows = len(unique_rows)
    make_visible(session, result, now)
    return result


def make_visible(session: Session, result: Result, now: datetime) -> None:
    """Make the rows count from this commit on."""
    import_row = session.get_one(Import, result.import_id)
    import_row.rows, import_row.left_out, import_row.visible_at = result.rows, result.left_out_count, now
    import_row.due_at = now


def _begin_import(database: Database, source: Source, now: datetime) -> Import:
    with database.transaction() as session:
        return _claim(session, source, now)


def _claim(session: Session, source: Source, now: datetime) -> Import:
    import_row = tables.import_of_key(session, source.key)
    if import_row is None:
        import_row = Import(
            key=source.key, source=source.name, by=source.by, incident_id=source.incident_id, touched_at=now
        )
        return insert(session, import_row)
    if import_row.visible_at is None:
        if now - import_row.touched_at < ABANDONED_AFTER and import_row.touched_at <= now:
            raise ImportRunning()
        import_row.touched_at = now
    return import_row


def _delete_leftover_rows(database: Database, import_id: int) -> None:
    """Delete what an interrupted import left behind, queue by queue."""
    with database.reading() as session:
        numbers = tables.queues_of_import(session, import_id)
    for queue_id in numbers:
        with database.transaction() as session:
            interval_tables.delete_rows(session, import_id, queue_id)


def _write_all(database: Database, result: Result, rows: Iterator[ReadRow | LeftOut]) -> None:
    size, usable = ChunkSize(FIRST_CHUNK, target_s=CHUNK_S), _usable(result, rows, utcnow())
    while chunk := list(islice(usable, size.rows)):
        with size.measured(len(chunk)):
            _write_chunk(database, result, chunk)


def _usable(result: Result, rows: Iterable[ReadRow | LeftOut], now: datetime) -> Iterator[ReadRow]:
    last = last_start(now)
    for row in rows:
        checked_row = row if isinstance(row, LeftOut) else checked(row, last)
        if isinstance(checked_row, LeftOut):
            result.leave_out(checked_row)
        else:
            yield checked_row


def _write_chunk(database: Database, result: Result, chunk: list[ReadRow]) -> None:
    if new_names := {row.queue for row in chunk} - result.queues.keys():
        result.queues |= _change_when_free(
            database, lambda session: _add_queues(session, result.import_id, new_names)
        )
    try:
        _insert_chunk(database, result, chunk)
    except IntegrityError:
        # Checking first would cost a query for each chunk; few files have a row twice.
        with database.reading() as session:
            chunk = _without_repeats(session, result, chunk)
        _insert_chunk(database, result, chunk)
    result.rows += len(chunk)


def _insert_chunk(database: Database, result: Result, chunk: list[ReadRow]) -> None:
    def insert_chunk(session: Session) -> None:
        _insert(session, result, chunk)
        tables.set_touched(session, result.import_id, utcnow())

    # These rows are not visible yet: the commit that shows them syncs all of them to disk.
    _change_when_free(database, insert_chunk, is_synced=False)


def _change_when_free(
    database: Database, change: Callable[[Session], Changed], *, is_synced: bool = True
) -> Changed:
    """Retry while the database is busy: users wait for its other work, but not for an import."""

    def attempt() -> Changed:
        with database.transaction(is_synced=is_synced) as session:
            return change(session)

    for _ in range(ATTEMPTS - 1):
        with suppress(DatabaseBusy):
            return attempt()
    return attempt()


def _add_queues(session: Session, import_id: int, names: Collection[QueueName]) -> dict[QueueName, int]:
    ids_by_name = tables.queue_ids(session, sorted(names))
    tables.add_import_queues(session, import_id, ids_by_name.values())
    return ids_by_name


def _insert(session: Session, result: Result, rows: Sequence[ReadRow]) -> None:
    if rows:
        interval_tables.insert_rows(session, result.import_id, [result.queues[row.queue] for row in rows], rows)


def _without_repeats(session: Session, result: Result, chunk: list[ReadRow]) -> list[ReadRow]:
    """Leave out rows that repeat a queue and interval of the file, and record them in the result."""
    if not chunk:
        return []
    queue_ids = [result.queues[row.queue] for row in chunk]
    known_keys = interval_tables.keys_of(session, result.import_id, queue_ids, chunk)
    unique_rows = []
    for row, queue_id in zip(chunk, queue_ids, strict=True):
        key = (queue_id, row.starts_at)
        if key in known_keys:
            result.leave_out(LeftOut(row.line, REPEATED))
        else:
            known_keys.add(key)
            unique_rows.append(row)
    return unique_rows
