"""Which processes sharing a PostgreSQL database are alive: each holds a lock that ends when the process does."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.pool import NullPool

from bot.errors import WatchfloorError
from bot.runtime.clock import elapsed_s
from bot.runtime.database import CONNECTION_LIMITS, unusable_as_sentence
from bot.runtime.waiting import wait_until

JOIN_TIMEOUT_S = 10
EVERY_S = 0.1
# With a check every five seconds, a stopped replica is replaced within 30 seconds.
SILENT_AFTER_S = 18
# Three of these checks: a database that was down has released all locks, and not all replicas return at once.
JOIN_AGAIN_WITHIN_S = 15
# A machine that vanished is noticed by its silence within 10 + 3 x 5 seconds.
_KEEPALIVE_OPTIONS = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


class ReplicaTaken(WatchfloorError):
    """Another Watchfloor runs as `{name}` on this database. Give each a `WATCHFLOOR_REPLICA` of its own."""


class DatabaseInUse(WatchfloorError):
    """Another Watchfloor uses {file}. End it first; several at once need PostgreSQL (WATCHFLOOR_DATABASE_URL)."""


class FileLock:
    """A file beside an SQLite database that one process at a time can hold; it is free when that process ends."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Acquire the lock; False while another process holds it."""
        if self._file is None:
            file = self._database.with_name(f"{self._database.name}.lock").open("w")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return False
            self._file = file
        return True

    def release(self) -> None:
        """Release the lock, so that another process can acquire it."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Replicas:
    """This process among those that share its database. On SQLite, no other is admitted."""

    def __init__(self, database_url: str, name: str) -> None:
        self.name = name
        self.are_several = not database_url.startswith("sqlite")
        self._turn = threading.Lock()
        self._connection: sa.Connection | None = None
        self._joined_again_at = -inf
        # For this long after it regained a lost connection, it considers no replica dead.
        self.join_again_within_s: float = JOIN_AGAIN_WITHIN_S
        self.silent_after_s: float = SILENT_AFTER_S
        self._database = Path(sa.make_url(database_url).database or "")
        self._file_lock = FileLock(self._database)
        if self.are_several:
            self._engine = sa.create_engine(
                database_url,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                connect_args=CONNECTION_LIMITS | {"options": _KEEPALIVE_OPTIONS},
            )

    def join(self, timeout_s: float = JOIN_TIMEOUT_S) -> None:
        """Register as alive. Waits for an earlier process of the same name, or on the same file, to end."""
        try_join = self._try_join if self.are_several else self._file_lock.acquire
        with unusable_as_sentence():
            has_joined = wait_until(try_join, timeout_s, EVERY_S)
        if not has_joined:
            raise ReplicaTaken(name=self.name) if self.are_several else DatabaseInUse(file=self._database)

    def keep_alive(self) -> None:
        """Stay registered as alive, even if the database was down meanwhile."""
        with self._turn:
            if self._connection is not None and self._is_disconnected(self._connection):
                self._connection = None
            was_cut_off = self._connection is None
        if self._try_join() and was_cut_off:
            self._joined_again_at = elapsed_s()

    @contextmanager
    def hold_if_dead(self, name: str) -> Iterator[bool]:
        """Whether the replica of that name is dead; if so, it stays dead in this block. A silent one is dead soon.

        A replica that was itself cut off from the database considers none dead for a while: others may be, too.
        """
        with self._turn:
            is_known = elapsed_s() - self._joined_again_at >= self.join_again_within_s
            is_dead = (
                is_known
                and self._connection is not None
                and _call_lock_function(self._connection, "pg_try_advisory_lock", name)
            )
            if self._connection is not None and not is_dead:
                self._connection.execute(_END_SILENT, {"name": _lock_name(name), "silent_s": self.silent_after_s})
            try:
                yield is_dead
            finally:
                if is_dead and self._connection is not None:
                    _call_lock_function(self._connection, "pg_advisory_unlock", name)

    def leave(self) -> None:
        """Deregister: unfinished work is free for the other replicas."""
        self._file_lock.release()
        with self._turn, suppress(DBAPIError):
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _try_join(self) -> bool:
        with self._turn:
            if self._connection is not None:
                return True
            connection = self._engine.connect()
            if not _call_lock_function(connection, "pg_try_advisory_lock", self.name):
                connection.close()
                return False
            self._connection = connection
            return True

    def _is_disconnected(self, connection: sa.Connection) -> bool:
        try:
            connection.execute(sa.text("SELECT 1"))
        except (DBAPIError, PendingRollbackError):  # the latter once a statement has failed with the connection
            with suppress(DBAPIError):
                connection.close()
            return True
        return False


# A replica uses the connection that holds its lock every five seconds. A stopped one is silent and keeps its lock:
# its connection is terminated, and the lock is free for the next replica that asks. The server may also hold the
# database of another Watchfloor, whose replicas have the same names.
_END_SILENT = sa.text(
    """
    SELECT pg_terminate_backend(activity.pid)
    FROM pg_locks AS lock JOIN pg_stat_activity AS activity ON activity.pid = lock.pid
    WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
    AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (lock.classid::bigint << 32) | lock.objid::bigint = hashtextextended(:name, 0)
    AND activity.state_change < clock_timestamp() - make_interval(secs => :silent_s)
    """
)


def _lock_name(name: str) -> str:
    return f"watchfloor replica {name}"


def _call_lock_function(connection: sa.Connection, function: str, name: str) -> bool:
    """Acquire or release the lock of that name."""
    statement = sa.text(f"SELECT {function}(hashtextextended(:name, 0))")
    return bool(connection.execute(statement, {"name": _lock_name(name)}).scalar())
