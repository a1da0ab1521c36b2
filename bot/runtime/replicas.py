"""Which of the processes that share a PostgreSQL database are alive: each holds a lock that ends with its life."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import WatchfloorError
from bot.runtime.workflows import wait_until

JOIN_TIMEOUT_S = 10
# A machine that vanished is noticed by its silence: within 10 + 3 x 5 seconds.
_KEEPALIVE_OPTIONS = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


class ReplicaTaken(WatchfloorError):
    """Another Watchfloor runs as `{name}` on this database. Give each a `WATCHFLOOR_REPLICA` of its own."""


class Replicas:
    """This process among those that share its database. On SQLite there is no other."""

    def __init__(self, database_url: str, name: str) -> None:
        self.name = name
        self.are_several = not database_url.startswith("sqlite")
        self._turn = threading.Lock()
        self._connection: sa.Connection | None = None
        if self.are_several:
            self._engine = sa.create_engine(
                database_url,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                connect_args={"options": _KEEPALIVE_OPTIONS},
            )

    def join(self, timeout_s: float = JOIN_TIMEOUT_S) -> None:
        """Be known as alive. Waits for an earlier process of the same name to end."""
        if self.are_several and not wait_until(self._try_join, timeout_s):
            raise ReplicaTaken(name=self.name)

    def keep_alive(self) -> None:
        """Be known as alive still, though the database may have been away meanwhile."""
        with self._turn:
            if self._connection is None or self._is_disconnected(self._connection):
                self._connection = None
        self._try_join()

    @contextmanager
    def hold_if_dead(self, name: str) -> Iterator[bool]:
        """Is the replica of that name dead? If so, it stays so until the block ends."""
        with self._turn:
            is_dead = self._connection is not None and _call_lock_function(
                self._connection, "pg_try_advisory_lock", name
            )
            try:
                yield is_dead
            finally:
                if is_dead and self._connection is not None:
                    _call_lock_function(self._connection, "pg_advisory_unlock", name)

    def leave(self) -> None:
        """Be known as gone: what is left undone is free for the others."""
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
        except DBAPIError:
            with suppress(DBAPIError):
                connection.close()
            return True
        return False


def _call_lock_function(connection: sa.Connection, function: str, name: str) -> bool:
    """Ask for, or give back, the lock of that name."""
    statement = sa.text(f"SELECT {function}(hashtextextended(:name, 0))")
    return bool(connection.execute(statement, {"name": f"watchfloor replica {name}"}).scalar())
