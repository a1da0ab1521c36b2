"""Killed anywhere while the payer's results are read: the equation holds, and going on pays each account once."""

import multiprocessing
import os
import signal
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from bot.incidents.tables import Incident
from bot.ledger import balance, difference_tables, importing, tables
from bot.ledger.line_tables import Entry, Line
from bot.ledger.tables import Ledger, LedgerFile, Release
from bot.runtime.database import Database
from tests import prepared

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ROWS, REVERSED = 1_400, 100


def test_results_that_are_cut_off_anywhere_are_gone_on_with_and_pay_each_account_once(tmp_path: Path) -> None:
    url = prepared.database(tmp_path)
    database = Database(url)
    ledger = _begin(database)
    accounts = _file(database, ledger, tmp_path, "lines", "account,amount,currency", "EUR")
    _until_done(url, database, accounts, tmp_path / "lines.csv")
    _release(database)

    results = _file(database, ledger, tmp_path, "results", "account,amount,currency,status", "EUR,issued")
    kills = _until_done(url, database, results, tmp_path / "results.csv")

    assert kills >= 3, "it was killed in each of its transactions"
    with database.reading() as session:
        issued = session.exec(
            select(sa.func.count()).select_from(Entry).where(col(Entry.new_state) == "issued")
        ).one()
        [total] = tables.totals_of(session, ledger)
        assert difference_tables.open_differences(session, ledger) == []
    assert (issued, total.issued, total.pending) == (ROWS, (ROWS - REVERSED) * 500, REVERSED * 500)
    database.close()


def _begin(database: Database) -> int:
    with database.transaction() as session:
        session.add(Incident(declared_key="1", title="t", severity="S1", declared_by="U1", declared_at=NOW))
        session.flush()
        ledger = Ledger(incident_id=1, opened_by="U1", opened_at=NOW)
        session.add(ledger)
        session.flush()
        return ledger.number


def _file(database: Database, ledger: int, folder: Path, kind: str, header: str, rest: str) -> int:
    rows = "".join(f"ACCOUNT-{at:06},5.00,{rest}\n" for at in range(ROWS))
    if kind == "results":
        # Read again, these would be payments that are not released.
        first = "".join(
            f"ACCOUNT-{at:06},5.00,EUR,issued\nACCOUNT-{at:06},5.00,EUR,reversed\n" for at in range(REVERSED)
        )
        rows = first + rows.split("\n", REVERSED)[-1]
    (folder / f"{kind}.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    with database.transaction() as session:
        file = LedgerFile(
            ledger_id=ledger,
            kind=kind,
            cohort="x",
            slack_id=kind,
            file_name=kind,
            brought_by="U1",
            brought_at=NOW,
        )
        session.add(file)
        session.flush()
        return file.number


def _release(database: Database) -> None:
    with database.transaction() as session:
        made = Release(
            ledger_id=1,
            cohort="x",
            currency="EUR",
            amount=1,
            lines=1,
            needs_second=False,
            state="released",
            asked_by="U1",
            asked_at=NOW,
        )
        session.add(made)
        session.flush()
        session.connection().execute(sa.update(Line).values(release_id=made.number))


def _until_done(url: str, database: Database, file_id: int, path: Path) -> int:
    """Kill the import at its first transaction, then at its second …, until it ends; gives back how often."""
    for kills in count():
        process = multiprocessing.get_context("fork").Process(
            target=_import_and_die, args=(url, file_id, path, kills + 1)
        )
        process.start()
        process.join()
        with database.reading() as session:
            assert balance.errors(session, 1) == [], "the totals are those of the lines after each kill"
        if process.exitcode == 0:
            return kills
    raise AssertionError


def _import_and_die(url: str, file_id: int, path: Path, commits: int) -> None:
    """Die before the commit of that number, or as the transaction of that number begins."""
    database, seen = Database(url), count(1)

    def die(_: object) -> None:
        if next(seen) == commits:
            os.kill(os.getpid(), signal.SIGKILL)

    moment = "commit" if commits % 2 else "begin"
    sa.event.listen(database.engine, moment, die)
    importing.import_file(database, file_id, path)
    os._exit(0)
