"""A database that holds incidents from before is brought to the newest shape with everything in it."""

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
    """One row, written as the version of that time would have."""
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def of_before(store: Database) -> None:
    """An incident with one draft that arrived and one that did not."""
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
    """Each draft has its version and its copy, and what did not arrive is to be delivered."""
    of_before(store)

    migrations.upgrade(store.engine)

    with store.engine.connect() as connection:
        shared = connection.execute(sa.text("SELECT shared_version FROM postmortem_copies ORDER BY id")).scalars()
        assert list(shared) == [1, 0]
        assert connection.execute(sa.text("SELECT count(*) FROM postmortem_versions")).scalar() == 2
        assert connection.execute(sa.text("SELECT file_id FROM postmortem_files")).scalars().all() == ["F1"]
        assert connection.execute(sa.text("SELECT title FROM incidents")).scalar() == "long ago"


def test_on_sqlite_nothing_is_lost_and_what_rows_refer_to_is_there(tmp_path: Path) -> None:
    store = Database(f"sqlite:///{tmp_path}/watchfloor.sqlite")
    check(store)

    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    store.close()


def test_on_postgresql_nothing_is_lost(postgres_url: str) -> None:
    store = Database(postgres_url)
    check(store)
    store.close()


def test_the_start_knows_the_newest_step_so_that_a_current_database_is_left_alone() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))

    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD
