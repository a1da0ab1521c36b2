"""One database of the bot: transactions that take turns, and reads that never wait."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.runtime.database.engines import (
    WRITE_LOCK_WAIT_S,
    checkpoint,
    postgresql_database,
    sqlite_database,
    sqlite_file,
    without_time_limit,
)
from bot.runtime.database.errors import (
    ChangeUnknown,
    DatabaseBusy,
    DatabaseRefused,
    NumberTooLarge,
    is_temporary,
    reason_of,
    unusable_as_sentence,
)
from bot.runtime.database.group_commit import GroupCommit
from bot.runtime.database.wal_sync import WalSync
from bot.runtime.outage import Outage

# If nobody waits for an answer, a busy machine may take its time; the process still ends within ten seconds.
UNATTENDED_WAIT_S = 5.0
# PostgreSQL's error code for ending a transaction that was idle for too long.
IDLE_IN_TRANSACTION = "25P03"
# PostgreSQL's error code for a number that its column cannot hold; those of incidents end at 2,147,483,647.
OUT_OF_RANGE = "22003"

_is_low_priority: ContextVar[bool] = ContextVar("is_low_priority", default=False)


@contextmanager
def low_priority() -> Iterator[None]:
    """Mark the changes made in this block as low priority: changes that a user waits for go first."""
    token = _is_low_priority.set(True)
    try:
        yield
    finally:
        _is_low_priority.reset(token)


_commits: ContextVar[list[None] | None] = ContextVar("commits", default=None)


@contextmanager
def noting_commits() -> Iterator[list[None]]:
    """Note the commits made in this block: after one, no user may be told that nothing was changed."""
    commits: list[None] = []
    token = _commits.set(commits)
    try:
        yield commits
    finally:
        _commits.reset(token)


def does_person_wait() -> bool:
    """True if a user waits for this, and is told afterwards what was done."""
    return _commits.get() is not None


class Database:
    """The database that holds the state. Use `transaction()` to change it, `reading()` to read it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        with unusable_as_sentence():
            self.engine = sqlite_database(url) if self.is_sqlite else postgresql_database(url)
        self._wal_sync = WalSync(sqlite_file(url)) if self.is_sqlite else None
        # PostgreSQL refuses locks in read-only transactions, so that reads and changes never wait for each other.
        self._read_engine = self.engine.execution_options(postgresql_readonly=True)
        # SQLite admits one writer and makes the others poll; a queue of our own is fair and faster.
        self._turn = threading.Lock() if self.is_sqlite else None
        self._low_priority_lock = threading.Lock()
        sa.event.listen(self.engine, "commit", _begin_commit)
        # Called before a commit when the transaction noted something in `session.info`.
        self.before_commit: Callable[[Session], None] = lambda session: None
        # Called after such a commit with what the transaction noted.
        self.after_commit: Callable[[dict[str, Any]], None] = lambda notes: None
        self._outage = Outage("the database")
        self._group_commit = GroupCommit(self.transaction)

    @contextmanager
    def transaction(self, *, is_synced: bool = True) -> Iterator[Session]:
        """A transaction. Raises an error with a sentence for the user if the database is locked or down.

        Without `is_synced`, the commit does not wait for the disk: it may be lost if the machine loses power.
        """
        with (
            self._in_turn(),
            self._doubtful_commit_reported(),
            Session(self.engine, expire_on_commit=False) as session,
        ):
            _commit.is_begun = False
            # Take SQLite's write lock first: a read that becomes a write can fail halfway.
            session.connection(execution_options={"sqlite_begin": "BEGIN IMMEDIATE"})
            if not (is_synced or self.is_sqlite):
                session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield session
            if session.info:
                self.before_commit(session)
            mark = self._wal_sync.mark() if self._wal_sync else 0
            session.commit()
        if is_synced and self._wal_sync is not None:
            self._wait_for_disk(self._wal_sync, mark)
        self._outage.works()
        if (commits := _commits.get()) is not None:
            commits.append(None)
        if session.info:
            self.after_commit(dict(session.info))

    def _wait_for_disk(self, wal_sync: WalSync, mark: int) -> None:
        """Wait for SQLite's disk, after releasing the write lock: commits that arrive meanwhile share the wait."""
        try:
            wal_sync.wait(mark)
        except OSError as refused:
            self._outage.fails(type(refused).__name__)
            raise ChangeUnknown() from refused

    def change_together(self, order: str, change: Callable[[Session], None]) -> None:
        """Make a change in one transaction with those that other threads make now, in the order of `order`."""
        self._group_commit.apply(order, change)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait for earlier writers, but not so long that a user who clicked gets no answer in time."""
        if self._turn is None:
            yield
            return
        # Only one low-priority change at a time joins the queue, so that the others do not delay users.
        is_low = _is_low_priority.get()
        with self._low_priority_lock if is_low else nullcontext():
            if not self._turn.acquire(timeout=UNATTENDED_WAIT_S if is_low else WRITE_LOCK_WAIT_S):
                raise DatabaseBusy()
            try:
                yield
            finally:
                self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read of the state."""
        with self._translated_errors(), Session(self._read_engine, expire_on_commit=False) as session:
            yield session
        self._outage.works()

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, PoolTimeout) as refused:
            if isinstance(refused, OperationalError) and not is_temporary(refused):
                self._outage.fails(reason_of(refused))
                raise DatabaseRefused() from refused
            self._outage.fails(type(refused).__name__)
            raise DatabaseBusy() from refused
        except InternalError as refused:
            if getattr(refused.orig, "sqlstate", "") == IDLE_IN_TRANSACTION:
                raise DatabaseBusy() from refused
            raise
        except DataError as refused:
            if getattr(refused.orig, "sqlstate", "") == OUT_OF_RANGE:
                raise NumberTooLarge() from refused
            raise

    @contextmanager
    def _doubtful_commit_reported(self) -> Iterator[None]:
        """Raise `ChangeUnknown` once a commit was begun: it may have succeeded. Before it, nothing was changed."""
        try:
            with self._translated_errors():
                yield
        except DatabaseBusy as refused:
            if _commit.is_begun:
                raise ChangeUnknown() from refused
            raise

    def checkpoint(self) -> None:
        """Remove overwritten data from SQLite's log as well."""
        if self.is_sqlite:
            checkpoint(self.engine)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A long read of the state as it is at one moment, whatever is changed meanwhile."""
        engine = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        with self._translated_errors(), Session(engine, expire_on_commit=False) as session:
            without_time_limit(session.connection())
            yield session

    def close(self) -> None:
        self.engine.dispose()


# For this thread's transaction: whether its commit was sent to the database.
_commit = threading.local()


def _begin_commit(_: sa.Connection) -> None:
    _commit.is_begun = True
