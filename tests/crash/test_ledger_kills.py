"""Kills anywhere in a ledger's work: the totals hold, and resuming pays and releases each account once."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from bot.config.floor.credits import Credits
from bot.incidents.tables import Incident
from bot.ledger import balance, difference_tables, importing, releases, tables
from bot.ledger.line_tables import Entry, Line
from bot.ledger.tables import Ledger, LedgerFile, Release
from bot.runtime.chunks import ChunkSize
from bot.runtime.database import Database
from tests import prepared

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ROWS, REVERSED = 1_400, 100
# The same number of chunks however busy the machine is.
BY_500 = ChunkSize(500, smallest=500, largest=500)


def test_results_interrupted_anywhere_are_resumed_and_pay_each_account_once(tmp_path: Path) -> None:
    url = prepared.database(tmp_path)
    database = Database(url)
    ledger = _begin(database)
    accounts = _file(database, ledger, tmp_path, "lines", "account,amount,currency", "EUR")
    _until_done(
        url, database, partial(importing.import_file, file_id=accounts, path=tmp_path / "lines.csv", size=BY_500)
    )
    _release(database)

    results = _file(database, ledger, tmp_path, "results", "account,amount,currency,status", "EUR,issued")
    kills = _until_done(
        url, database, partial(importing.import_file, file_id=results, path=tmp_path / "results.csv", size=BY_500)
    )

    assert kills >= 3, "it was killed in each of its transactions"
    with database.reading() as session:
        issued_count = session.exec(
            select(sa.func.count()).select_from(Entry).where(col(Entry.new_state) == "issued")
        ).one()
        [total] = tables.totals_of(session, ledger)
        assert difference_tables.open_differences(session, ledger) == []
    assert (issued_count, total.issued, total.pending) == (ROWS, (ROWS - REVERSED) * 500, REVERSED * 500)
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_release_interrupted_anywhere_is_resumed_and_contains_each_account_once(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    is_file = kind == "sqlite"
    url = prepared.database(tmp_path) if is_file else request.getfixturevalue("prepared_postgres_url")
    database = Database(url)
    ledger = _begin(database)
    accounts = _file(database, ledger, tmp_path, "lines", "account,amount,currency", "EUR")
    importing.import_file(database, accounts, tmp_path / "lines.csv")
    with database.transaction() as session:
        release = releases.begin(session, tables.get(session, ledger), "x", "EUR", "U1", NOW).number
    progress = []

    def is_whole() -> None:
        with database.reading() as session:
            release_row = session.get_one(Release, release)
            totals = select(sa.func.coalesce(sa.func.sum(Line.amount), 0), sa.func.count()).select_from(Line)
            assert session.exec(totals.where(Line.release_id == release)).one() == (
                release_row.amount,
                release_row.lines,
            )
            assert tables.released_ids(session, ledger) == set(), (
                "nobody is paid before it is complete and approved"
            )
            progress.append((release_row.lines, release_row.state))

    prepare = partial(releases.prepare, credits=Credits(), release_id=release, size=BY_500)
    kills = _until_done(url, database, prepare, is_whole)

    assert kills >= 3, "it was killed in each of its transactions"
    assert len({lines for lines, _ in progress}) >= 3, "it continued from where it was"
    assert progress[-1] == (ROWS, "waiting")
    with database.reading() as session:
        release_row = session.get_one(Release, release)
        assert (release_row.amount, release_row.needs_second) == (ROWS * 500, True)
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
        # If read twice, these would be payments without a release.
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
        release = Release(
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
        session.add(release)
        session.flush()
        session.connection().execute(sa.update(Line).values(release_id=release.number))


def _until_done(
    url: str, database: Database, work: Callable[[Database], object], look: Callable[[], None] = lambda: None
) -> int:
    """Kill the work at its first transaction, then at its second and so on until it ends; return how often."""
    for kills in count():
        process = multiprocessing.get_context("fork").Process(target=_work_and_die, args=(url, work, kills + 1))
        process.start()
        process.join()
        with database.reading() as session:
            assert balance.errors(session, 1) == [], "the totals match the lines after each kill"
        look()
        if process.exitcode == 0:
            return kills
    raise AssertionError


def _work_and_die(url: str, work: Callable[[Database], object], commits: int) -> None:
    """Die before the commit with that number, or as the transaction with that number begins."""
    database, counter = Database(url), count(1)

    def die(_: object) -> None:
        if next(counter) == commits:
            os.kill(os.getpid(), signal.SIGKILL)

    moment = "commit" if commits % 2 else "begin"
    sa.event.listen(database.engine, moment, die)
    work(database)
    os._exit(0)
