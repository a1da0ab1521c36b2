"""Each open connection to SQLite costs memory: few stay open, and those are used again first."""

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
    """Grows by one with each connection that is opened."""
    return []


@pytest.fixture
def database(tmp_path: Path, opened: list[Any]) -> Database:
    """An empty one."""
    database = Database(f"sqlite:///{tmp_path}/empty.sqlite")
    sa.event.listen(database.engine, "connect", lambda connection, _: opened.append(connection))
    return database


def _look_all_at_once(database: Database) -> None:
    with ExitStack() as crowd:
        for _ in range(CROWD):
            crowd.enter_context(database.reading()).connection()


def test_after_a_crowd_few_connections_stay_open(database: Database, opened: list[Any]) -> None:
    _look_all_at_once(database)

    assert len(opened) == CROWD
    assert cast(QueuePool, database.engine.pool).checkedin() == 4
    database.close()


def test_looks_one_after_another_share_a_connection(database: Database) -> None:
    _look_all_at_once(database)

    used = set()
    for _ in range(CROWD):
        with database.reading() as session:
            used.add(id(session.connection().connection.dbapi_connection))

    assert len(used) == 1
    database.close()


def test_the_moments_of_all_tables_share_one_type() -> None:
    columns = [*Incident.__table__.c, *OutboxRow.__table__.c]  # type: ignore[attr-defined]  # SQLModel adds it

    assert len({id(column.type) for column in columns if isinstance(column.type, UtcDateTime)}) == 1
