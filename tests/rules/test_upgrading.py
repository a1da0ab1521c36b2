"""A database with incidents of an older version is migrated without losing anything."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from bot.runtime import migrations
from bot.runtime.database import Database

FIRST = "0002"
INCIDENT = {
    "declared_key": "old",
    "title": "long ago",
    "description": "",
    "impact": "",
    "severity": "S2",
    "type": "other",
    "status": "closed",
    "sites": "[]",
    "partners": "[]",
    "front_door": "",
    "is_private": False,
    "is_drill": False,
    "declared_by": "U0ANA",
    "declared_at": "2026-01-01 00:00:00",
}


def insert(connection: sa.Connection, table: str, **values: object) -> None:
    """Insert one row as the version of that time would have written it."""
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def of_before(store: Database) -> None:
    """Insert an incident with one draft that arrived and one that did not."""
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
    at = "2026-01-02 00:00:00"
    draft = {"incident_id": 1, "recipient_id": "U0ANA", "requested_at": at, "file_id": "F1"}
    with store.engine.begin() as connection:
        insert(connection, "incidents", **INCIDENT)
        insert(connection, "postmortems", **draft, delivered_at=at)
        insert(connection, "postmortems", **draft, delivered_at=None)


def check(store: Database) -> None:
    """Check that each draft has its version and its copy, and that the one that did not arrive will be sent."""
    of_before(store)

    migrations.upgrade(store.engine)

    with store.engine.connect() as connection:
        shared = connection.execute(sa.text("SELECT shared_version FROM postmortem_copies ORDER BY id")).scalars()
        assert list(shared) == [1, 0]
        assert connection.execute(sa.text("SELECT count(*) FROM postmortem_versions")).scalar() == 2
        assert connection.execute(sa.text("SELECT file_id FROM postmortem_files")).scalars().all() == ["F1"]
        assert connection.execute(sa.text("SELECT title FROM incidents")).scalar() == "long ago"


def test_nothing_is_lost_on_sqlite_and_every_referenced_row_exists(tmp_path: Path) -> None:
    store = Database(f"sqlite:///{tmp_path}/watchfloor.sqlite")
    check(store)

    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    store.close()


def test_nothing_is_lost_on_postgresql(postgres_url: str) -> None:
    store = Database(postgres_url)
    check(store)
    store.close()


def test_the_start_knows_the_newest_migration_so_that_a_current_database_is_left_alone() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))

    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD
