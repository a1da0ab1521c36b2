"""A commit is on the disk before anyone is told, and many commits wait for the disk together."""

import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from bot.runtime.database import ChangeUnknown, Database, sqlite_engine, wal_sync
from bot.runtime.waiting import wait_until

PATIENCE_S = 20
CROWD = 8


class Disk:
    """A disk that keeps what a flush finds, as over a power cut; the first flush may be held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.flushes = 0
        self.is_asked, self.is_open = Event(), Event()
        self.is_open.set()
        self.error: OSError | None = None

    @property
    def url(self) -> str:
        """The address of the database on it."""
        return f"sqlite:///{self.folder / 'live' / 'bot.sqlite'}"

    def flush(self, log: int) -> None:
        """Replace the system's call."""
        self.flushes += 1
        error = self.error
        shutil.copytree(self.folder / "live", self.folder / f"kept {self.flushes}")
        self.is_asked.set()
        assert self.is_open.wait(PATIENCE_S)
        if error:
            raise error

    def kept(self) -> set[str]:
        """Return the names in the database as the newest flush found it."""
        engine = sqlite_engine(f"sqlite:///{self.folder / f'kept {self.flushes}' / 'bot.sqlite'}")
        with engine.connect() as connection:
            names = set(connection.scalars(sa.text("SELECT name FROM names")))
        engine.dispose()
        return names


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk with nothing on it."""
    disk = Disk(tmp_path)
    monkeypatch.setattr(wal_sync, "flush", disk.flush)
    return disk


@pytest.fixture
def database(disk: Disk) -> Database:
    """A database with an empty table and no flush so far."""
    database = Database(disk.url)
    with database.transaction() as session:
        session.connection().exec_driver_sql("CREATE TABLE names (name TEXT)")
    disk.flushes = 0
    shutil.rmtree(disk.folder / "kept 1")
    return database


def add(database: Database, name: str, *, is_synced: bool = True) -> None:
    """Make one change."""
    with database.transaction(is_synced=is_synced) as session:
        session.connection().exec_driver_sql("INSERT INTO names VALUES (?)", (name,))


def test_a_transaction_ends_when_the_disk_has_it(disk: Disk, database: Database) -> None:
    add(database, "first")
    add(database, "may be lost", is_synced=False)
    assert (disk.flushes, disk.kept()) == (1, {"first"})
    add(database, "last")
    assert (disk.flushes, disk.kept()) == (2, {"first", "may be lost", "last"})


def test_an_engine_with_transactions_of_its_own_waits_as_well(disk: Disk, database: Database) -> None:
    engine = sqlite_engine(disk.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO names VALUES ('theirs')")
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT name FROM names")
    assert (disk.flushes, disk.kept()) == (1, {"theirs"})


def count(database: Database) -> int:
    """Return the number of visible changes."""
    with database.reading() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM names").scalar_one())


def count_waiting() -> int:
    """Return the number of threads that wait for their turn to flush, and know which flush they need."""
    frames = [frame for frame in sys._current_frames().values() if frame.f_code is wal_sync.WalSync.wait.__code__]
    return sum("needed" in frame.f_locals for frame in frames)


def in_crowd(database: Database, disk: Disk, meanwhile: Callable[[], None]) -> list[BaseException | None]:
    """Let others commit and wait while one commit waits for the disk; return how each of all ended."""
    disk.is_open.clear()
    disk.is_asked.clear()
    with ThreadPoolExecutor(CROWD + 1) as crowd:
        ends = [crowd.submit(add, database, "first")]
        assert disk.is_asked.wait(PATIENCE_S)
        ends += [crowd.submit(add, database, f"name {number}") for number in range(CROWD)]
        assert wait_until(lambda: count(database) == CROWD + 1, PATIENCE_S), (
            "they wait behind the commit that waits for the disk"
        )
        assert wait_until(lambda: count_waiting() == CROWD, PATIENCE_S)
        meanwhile()
        disk.is_open.set()
        return [end.exception(PATIENCE_S) for end in ends]


def test_commits_made_while_one_waits_for_the_disk_share_the_next_wait(disk: Disk, database: Database) -> None:
    assert in_crowd(database, disk, lambda: None) == [None] * (CROWD + 1)
    assert (disk.flushes, len(disk.kept())) == (2, CROWD + 1)


def test_nobody_is_told_of_a_commit_that_the_disk_refused(disk: Disk, database: Database) -> None:
    def breaks() -> None:
        disk.error = OSError("input/output error")

    first, *others = in_crowd(database, disk, breaks)
    assert first is None
    assert [type(end) for end in others] == [ChangeUnknown] * CROWD
    assert disk.flushes == 2, "a second attempt would hide what the disk has lost"
    disk.error = None
    add(database, "afterwards")
    assert disk.flushes == 3


def test_a_commit_that_comes_late_to_a_flush_that_failed_is_not_tried_again(disk: Disk, database: Database) -> None:
    sync = wal_sync.WalSync(str(disk.folder / "live" / "bot.sqlite"))
    mark = sync.mark()
    add(database, "first", is_synced=False)
    disk.error = OSError("input/output error")
    with pytest.raises(OSError, match="input/output error"):
        sync.wait(sync.mark())
    disk.error = None
    with pytest.raises(OSError, match="did not take"):
        sync.wait(mark)
    assert disk.flushes == 1, "a second attempt would hide what the disk has lost"
    sync.wait(sync.mark())
    assert disk.flushes == 2


def test_no_more_connections_are_opened_than_an_engine_may_have(disk: Disk, database: Database) -> None:
    engine = sqlite_engine(disk.url, connections=1)
    with ThreadPoolExecutor(1) as other:
        with engine.connect():
            second = other.submit(engine.connect)
            with pytest.raises(TimeoutError):
                second.result(0.2)
        second.result(PATIENCE_S).close()
