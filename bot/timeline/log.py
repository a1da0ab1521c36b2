"""The log under the timeline: every change of an entry, in order, chained by hashes, and never changed again.

A transaction notes what it changes (`note`); when it is committed its changes become links of the incident's chain.
That costs two statements however much was changed: one that moves the chain on (and, on PostgreSQL, makes others
wait for their turn), one that writes the links.
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
# The database computes them one inside the other, and so deep it must not go.
RECORDS_AT_ONCE = 20
# Everything of an entry that must not change behind the bot's back.
HASHED_FIELDS = (
    *("incident_id", "at", "kind", "actor_id", "facts", "message_ts", "source_key"),
    *("heard", "is_marked", "label", "is_shown", "correction", "hiding"),
)


class Chain(Row, table=True):
    """How long an incident's log is, its last hash, and the hash before the transaction that wrote last."""

    __tablename__ = "timeline_chains"

    incident_id: int = Field(primary_key=True)
    length: int
    hash: str
    previous_hash: str


class LogRecord(Row, table=True):
    """One change: of which entry, what, by whom, why. `state` is the whole entry after it, until it is erased."""

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
    """What was done to an entry: added, heard, corrected, hidden, shown, erased."""

    what: str
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


class _Noted(Struct, frozen=True):
    """What a transaction did to an entry; `read` gives its number and its state when the transaction is over."""

    incident_id: int
    operation: Operation
    read: Callable[[], tuple[int, str]]


def record_change(session: Session, entry: "TimelineEntry", operation: Operation) -> None:
    """This transaction changes that entry."""
    _note(session, _Noted(entry.incident_id, operation, lambda: (entry.number, state_of(entry))))


def note_added(session: Session, number: int, columns: Mapping[str, Any], by: str | None) -> None:
    """This transaction has added an entry of these columns; those that are left out are empty."""
    state = canonical({name: _json_value(columns.get(name)) for name in HASHED_FIELDS})
    _note(session, _Noted(columns["incident_id"], Operation("added", by=by), lambda: (number, state)))


def _note(session: Session, noted: _Noted) -> None:
    session.info.setdefault(PENDING_CHANGES, []).append(noted)


def state_of(entry: "TimelineEntry") -> str:
    """Everything of an entry, as it goes into the hash."""
    return canonical({name: _json_value(getattr(entry, name)) for name in HASHED_FIELDS})


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def erase(session: Session, entry: "TimelineEntry", operation: Operation) -> None:
    """The entry has lost words that nobody may read any more: what the log kept of them goes too.

    The hashes stay, and so does the proof that nothing else was changed: they were made of digests.
    """
    records = sa.update(LogRecord).where(col(LogRecord.entry_id) == entry.number)
    session.connection().execute(records.values(state=None))
    record_change(session, entry, operation)


def _write_records(session: Any) -> None:
    """Before a commit: what was noted becomes links."""
    pending = session.info.pop(PENDING_CHANGES, [])
    if not pending:
        return
    session.flush()
    now = utcnow()
    for incident_id, changes in groupby(sorted(pending, key=_incident_id), key=_incident_id):
        records = [_record(change, now) for change in changes]
        for first in range(0, len(records), RECORDS_AT_ONCE):
            _append_records(session, incident_id, records[first : first + RECORDS_AT_ONCE])


_incident_id = attrgetter("incident_id")


def _discard_pending(session: Any) -> None:
    session.info.pop(PENDING_CHANGES, None)


def _record(noted: _Noted, now: datetime) -> dict[str, Any]:
    operation = noted.operation
    number, state = noted.read()
    change = {
        "entry": number,
        "what": operation.what,
        "by": operation.by,
        # The words themselves are in the entry, from where they can be taken when their time has come.
        "reason": digest(operation.reason) if operation.reason else "",
        "on": now.isoformat(),
        "digest": digest(state),
    }
    return {
        "incident_id": noted.incident_id,
        "entry_id": number,
        "change": canonical(change),
        "state": state,
    }


_INSERT_RECORDS = sa.insert(LogRecord.__table__)  # type: ignore[attr-defined]  # known at run time only


def _append_records(session: Session, incident_id: int, records: list[dict[str, Any]]) -> None:
    length, previous_hash = _advance_chain(session, incident_id, [digest(record["change"]) for record in records])
    for position, record in enumerate(records, length - len(records) + 1):
        record |= {"position": position, "previous_hash": previous_hash}
        previous_hash = record["hash"] = chain_hash(previous_hash, digest(record["change"]))
    session.connection().execute(_INSERT_RECORDS, records)


def _advance_chain(session: Session, incident_id: int, hashes: list[str]) -> tuple[int, str]:
    """Take the chain's next places. Gives back its length then and the hash before."""
    statement = _advance_statement(session.get_bind().dialect.name, len(hashes))
    parameters = {f"link_{place}": link for place, link in enumerate(hashes)}
    first = {"incident_id": incident_id, "length": len(hashes), "hash": reduce(chain_hash, hashes, INITIAL_HASH)}
    length, previous_hash = session.connection().execute(statement, first | parameters).one()
    return int(length), str(previous_hash)


@cache
def _advance_statement(dialect_name: str, links: int) -> Any:
    """Begins a chain with so many links, or puts them behind the last; put together once for each number."""
    table = Chain.__table__  # type: ignore[attr-defined]  # SQLModel's tables are known at run time only
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
