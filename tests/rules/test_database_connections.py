"""Each open connection to SQLite costs memory: few stay open, and those are reused first."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from bot.incidents.tables import Incident
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database, UtcDateTime

CROWD = 12


@pytest.fixture
def opened() -> list[Any]:
    """A list that grows by one with each opened connection."""
    return []


@pytest.fixture
def database(tmp_path: Path, opened: list[Any]) -> Database:
    """An empty database."""
    database = Database(f"sqlite:///{tmp_path}/empty.sqlite")
    sa.event.listen(database.engine, "connect", lambda connection, _: opened.append(connection))
    return database


def _read_all_at_once(database: Database) -> None:
    with ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(database.reading()).connection()


def test_after_a_crowd_few_connections_stay_open(database: Database, opened: list[Any]) -> None:
    _read_all_at_once(database)

    assert len(opened) == CROWD
    assert cast(QueuePool, database.engine.pool).checkedin() == 4
    database.close()


def test_consecutive_reads_share_a_connection(database: Database) -> None:
    _read_all_at_once(database)

    used = set()
    for _ in range(CROWD):
        with database.reading() as session:
            used.add(id(session.connection().connection.dbapi_connection))

    assert len(used) == 1
    database.close()


def test_the_moments_of_all_tables_share_one_type() -> None:
    columns = [*Incident.__table__.c, *OutboxRow.__table__.c]  # type: ignore[attr-defined]  # SQLModel adds it

    assert len({id(column.type) for column in columns if isinstance(column.type, UtcDateTime)}) == 1
