"""Credits and refunds: a hundred thousand lines added, released, and reconciled with the payer's file."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bench.figures import Figure
from bot.bootstrap import build_registry
from bot.config.floor.credits import Credits
from bot.errors import TryLater
from bot.incidents.tables import Incident
from bot.ledger import balance, importing, releases, tables
from bot.ledger.tables import Ledger, LedgerFile
from bot.runtime import migrations
from bot.runtime.database import Database

LINES = 100_000
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def measure(folder: Path) -> Sequence[Figure]:
    """Measure the seconds from the file to the last entry, and the longest transaction."""
    build_registry()
    database = Database(f"sqlite:///{folder}/ledger.sqlite")
    migrations.upgrade(database.engine)
    _open(database)
    lengths = _lengths_of_transactions(database)
    added_s = _import(database, folder, "lines", "account,amount,currency", "EUR")
    lengths.clear()
    released_s = _release(database)
    release_ms = max(lengths) * 1000
    lengths.clear()
    reconciled_s = _import(database, folder, "results", "account,amount,currency,status,reference", "EUR,issued,p")
    longest_ms = max(lengths) * 1000
    again_s = _import(database, folder, "results", "account,amount,currency,status,reference", "EUR,issued,p", " ")
    with database.reading() as session:
        assert balance.errors(session, 1) == []
        [total] = tables.totals_of(session, 1)
    assert (total.issued, total.pending) == (LINES * 500, 0)
    database.close()
    return [
        Figure("100,000 accounts added to a ledger", [added_s], "s"),
        Figure("100,000 accounts put together for a release", [released_s], "s"),
        Figure("longest transaction while releasing", [release_ms], "ms", 100),
        Figure("100,000 ledger lines reconciled with the payer's file", [reconciled_s], "s", 5),
        Figure("longest transaction while reconciling", [longest_ms], "ms", 100),
        Figure("the same payments read again from another file", [again_s], "s", 5),
    ]


def _open(database: Database) -> None:
    with database.transaction() as session:
        session.add(Incident(declared_key="1", title="t", severity="S1", declared_by="U1", declared_at=NOW))
        session.flush()
        session.add(Ledger(incident_id=1, opened_by="U1", opened_at=NOW))


def _import(database: Database, folder: Path, kind: str, header: str, rest: str, end: str = "") -> float:
    path = folder / f"{kind}.csv"
    is_named = rest.endswith("p")
    with path.open("w") as file:
        file.write(f"{header}{end}\n")
        file.writelines(f"ACCOUNT-{at:08},5.00,{rest}{at if is_named else ''}\n" for at in range(LINES))
    with database.transaction() as session:
        brought = LedgerFile(
            ledger_id=1,
            kind=kind,
            cohort="consumers",
            slack_id=f"{kind}{end}",
            file_name=path.name,
            brought_by="U1",
            brought_at=NOW,
        )
        session.add(brought)
        session.flush()
    began = time.perf_counter()
    importing.import_file(database, brought.number, path)
    return time.perf_counter() - began


def _release(database: Database) -> float:
    with database.transaction() as session:
        made = releases.begin(session, tables.get(session, 1), "consumers", "EUR", "U1", NOW)
    began = time.perf_counter()
    is_done = False
    while not is_done:
        with suppress(TryLater):  # its turn is over, as in the outbox
            releases.prepare(database, Credits(approve_above={}), made.number)
            is_done = True
    return time.perf_counter() - began


def _lengths_of_transactions(database: Database) -> list[float]:
    began, lengths = [0.0], [0.0]

    @sa.event.listens_for(database.engine, "begin")
    def _begin(_: sa.Connection) -> None:
        began[0] = time.perf_counter()

    @sa.event.listens_for(database.engine, "commit")
    def _commit(_: sa.Connection) -> None:
        lengths.append(time.perf_counter() - began[0])

    return lengths
