"""The log behind the timeline: every change to an entry, in order, hash-chained and append-only.

A transaction collects its changes (`record_change`); at commit they are appended to the incident's hash chain.
That takes two statements per `RECORDS_AT_ONCE` changes of an incident: one advances the chain (and, on PostgreSQL,
makes other transactions wait their turn), one inserts the records.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, reduce
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Field, Session, col

from bot.runtime.clock import utcnow
from bot.runtime.database import Row
from bot.runtime.hash_chain import INITIAL_HASH, canonical, chain_hash, digest

if TYPE_CHECKING:
    from bot.timeline.tables import TimelineEntry

PENDING_CHANGES = "timeline changes"
# The database computes these hashes as one nested expression, whose depth must stay bounded.
RECORDS_AT_ONCE = 20
# The fields of an entry that must not change behind the bot's back.
HASHED_FIELDS = (
    *("incident_id", "at", "kind", "actor_id", "facts", "message_ts", "source_key"),
    *("heard", "is_marked", "label", "is_shown", "correction", "hiding"),
)


class Chain(Row, table=True):
    """The length of an incident's log, its last hash, and the hash before the last append."""

    __tablename__ = "timeline_chains"

    incident_id: int = Field(primary_key=True)
    length: int
    hash: str
    previous_hash: str


class LogRecord(Row, table=True):
    """One change: its entry, what was done, by whom and why. `state` is the whole entry after it, until erased."""

    __tablename__ = "timeline_log"
    __table_args__ = (sa.Index("ix_timeline_log_entry", "entry_id"),)

    incident_id: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    entry_id: int
    change: str
    state: str | None = None
    previous_hash: str
    hash: str


class Operation(Struct, frozen=True):
    """The operation on an entry: added, heard, corrected, hidden, shown or erased."""

    name: str
    by: str | None = None
    reason: str = ""


class _ChainHash(FunctionElement[str]):
    """`hash_chain.chain_hash`, computed by the database."""

    type = sa.String()
    inherit_cache = True


@compiles(_ChainHash, "sqlite")
def _on_sqlite(element: _ChainHash, compiler: Any, **kwargs: Any) -> str:
    return f"linked({compiler.process(element.clauses, **kwargs)})"


@compiles(_ChainHash, "postgresql")
def _on_postgresql(element: _ChainHash, compiler: Any, **kwargs: Any) -> str:
    previous_hash, link = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"encode(sha256(convert_to({previous_hash} || {link}, 'UTF8')), 'hex')"


class _PendingChange(Struct, frozen=True):
    """A transaction's change to an entry; `read` returns the entry's number and state at commit."""

    incident_id: int
    operation: Operation
    read_state: Callable[[], tuple[int, str]]


def record_change(session: Session, entry: "TimelineEntry", operation: Operation) -> None:
    """Note that this transaction changes the entry."""
    _add_pending_change(
        session, _PendingChange(entry.incident_id, operation, lambda: (entry.number, state_of(entry)))
    )


def note_added(session: Session, number: int, columns: Mapping[str, Any], by: str | None) -> None:
    """Note that this transaction added an entry with these columns; omitted columns are empty."""
    state = canonical({name: _json_value(columns.get(name)) for name in HASHED_FIELDS})
    _add_pending_change(
        session, _PendingChange(columns["incident_id"], Operation("added", by=by), lambda: (number, state))
    )


def _add_pending_change(session: Session, pending_change: _PendingChange) -> None:
    session.info.setdefault(PENDING_CHANGES, []).append(pending_change)


def state_of(entry: "TimelineEntry") -> str:
    """Return the canonical state of an entry, as hashed."""
    return canonical({name: _json_value(getattr(entry, name)) for name in HASHED_FIELDS})


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def erase(session: Session, entry: "TimelineEntry", operation: Operation) -> None:
    """Erase the log's copies of an entry whose text was removed and must not be read any more.

    The hashes stay, and still prove that nothing else was changed, because they cover digests.
    """
    records = sa.update(LogRecord).where(col(LogRecord.entry_id) == entry.number)
    session.connection().execute(records.values(state=None))
    record_change(session, entry, operation)


def _write_records(session: Any) -> None:
    """Append the noted changes to the chains before a commit."""
    pending_changes = session.info.pop(PENDING_CHANGES, [])
    if not pending_changes:
        return
    session.flush()
    now = utcnow()
    for incident_id, changes in groupby(sorted(pending_changes, key=_incident_id), key=_incident_id):
        records = [_record(change, now) for change in changes]
        for start in range(0, len(records), RECORDS_AT_ONCE):
            _append_records(session, incident_id, records[start : start + RECORDS_AT_ONCE])


_incident_id = attrgetter("incident_id")


def _discard_pending(session: Any) -> None:
    session.info.pop(PENDING_CHANGES, None)


def _record(pending_change: _PendingChange, now: datetime) -> dict[str, Any]:
    operation = pending_change.operation
    number, state = pending_change.read_state()
    change = {
        "entry": number,
        "what": operation.name,
        "by": operation.by,
        # The text itself is in the entry, from which it can be erased when its retention ends.
        "reason": digest(operation.reason) if operation.reason else "",
        "on": now.isoformat(),
        "digest": digest(state),
    }
    return {
        "incident_id": pending_change.incident_id,
        "entry_id": number,
        "change": canonical(change),
        "state": state,
    }


_INSERT_RECORDS = sa.insert(LogRecord.__table__)  # type: ignore[attr-defined]  # known only at run time


def _append_records(session: Session, incident_id: int, records: list[dict[str, Any]]) -> None:
    length, previous_hash = _advance_chain(session, incident_id, [digest(record["change"]) for record in records])
    for position, record in enumerate(records, length - len(records) + 1):
        record |= {"position": position, "previous_hash": previous_hash}
        previous_hash = record["hash"] = chain_hash(previous_hash, digest(record["change"]))
    session.connection().execute(_INSERT_RECORDS, records)


def _advance_chain(session: Session, incident_id: int, hashes: list[str]) -> tuple[int, str]:
    """Reserve the chain's next positions. Return its new length and the previous hash."""
    statement = _advance_statement(session.get_bind().dialect.name, len(hashes))
    parameters = {f"link_{index}": link for index, link in enumerate(hashes)}
    initial_values = {
        "incident_id": incident_id,
        "length": len(hashes),
        "hash": reduce(chain_hash, hashes, INITIAL_HASH),
    }
    length, previous_hash = session.connection().execute(statement, initial_values | parameters).one()
    return int(length), str(previous_hash)


@cache
def _advance_statement(dialect_name: str, links: int) -> Any:
    """Return the upsert that starts a chain with that many links or appends them; cached per number."""
    table = Chain.__table__  # type: ignore[attr-defined]  # SQLModel's tables are known only at run time
    new_hash = table.c.hash
    for index in range(links):
        new_hash = _ChainHash(new_hash, sa.bindparam(f"link_{index}", type_=sa.String()))
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    values: dict[str, Any] = {name: sa.bindparam(name) for name in ("incident_id", "length", "hash")}
    return (
        dialect.insert(table)
        .values(values | {"previous_hash": INITIAL_HASH})
        .on_conflict_do_update(
            index_elements=["incident_id"],
            set_={"length": table.c.length + links, "previous_hash": table.c.hash, "hash": new_hash},
        )
        .returning(table.c.length, table.c.previous_hash)
    )


sa.event.listen(Session, "before_commit", _write_records)
sa.event.listen(Session, "after_rollback", _discard_pending)
