"""The database's schema, step by step. `upgrade` runs at every start and usually has nothing to do."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from bot.errors import WatchfloorError, require
from bot.runtime.database import Database, unusable_as_sentence, without_time_limit

FOLDER = Path(__file__).parent
# The newest step, read from the files so that it cannot lag behind them.
HEAD = max(file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*.py"))


class DatabaseNewer(WatchfloorError):
    """A newer Watchfloor has written this database (its schema is {found}, this version knows {known}). Install
    that version, or restore the backup made before the upgrade."""


class DatabaseOutdated(WatchfloorError):
    """The database has the schema of an earlier version. `watchfloor db upgrade` upgrades it."""


class NoDatabase(WatchfloorError):
    """There is no database of Watchfloor's at this address yet. Look at WATCHFLOOR_DATABASE_URL, or start the bot
    once."""


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest schema; refuse one that a newer version has written."""
    with unusable_as_sentence():
        if _version(engine) != HEAD:
            _upgrade(engine)


def upgrade_existing(engine: sa.Engine) -> None:
    """Likewise, but refuse to begin a new database: where none is, the address is probably mistyped."""
    with unusable_as_sentence():
        require(_version(engine), NoDatabase)
    upgrade(engine)


def upgrade_apart(engine: sa.Engine) -> None:
    """Likewise, in a separate process, because what Alembic leaves in memory would stay as long as the bot runs."""
    with unusable_as_sentence():
        is_outdated = _version(engine) != HEAD
    if is_outdated:
        address = engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", __name__]
        subprocess.run(command, input=address, text=True, capture_output=True, check=False)  # noqa: S603 - ourselves
    # An error that stopped that process occurs again here, and is reported.
    upgrade(engine)


def check(engine: sa.Engine) -> None:
    """Refuse a database that does not exist, or does not have the newest schema."""
    with unusable_as_sentence():
        version = require(_version(engine), NoDatabase)
    if version != HEAD:
        raise DatabaseOutdated()


@contextmanager
def open_database(url: str, prepare: Callable[[sa.Engine], None] = upgrade) -> Iterator[Database]:
    """Open the database for the duration of the context, with the newest schema."""
    with closing(Database(url)) as database:
        prepare(database.engine)
        yield database


def _upgrade(engine: sa.Engine) -> None:
    # Alembic takes a tenth of a second to load, so it is loaded only for a database that needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    # If two processes start at once, the second waits until the first has written, and finds nothing left to do.
    one_writer = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
    with one_writer.connect() as connection, _without_foreign_keys(connection), connection.begin():
        without_time_limit(connection)
        if engine.dialect.name == "postgresql":
            # If replicas start together, the first upgrades, and the others find nothing left to do.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('watchfloor upgrade', 0))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _without_foreign_keys(connection: sa.Connection) -> Iterator[None]:
    """Turn off foreign keys while SQLite recreates a table to change it, so that references do not forbid that.

    SQLite ignores this setting inside a transaction, so it comes before the first statement.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    dbapi_connection = connection.connection.dbapi_connection
    assert dbapi_connection is not None
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        dbapi_connection.execute("PRAGMA foreign_keys=ON")


def _version(engine: sa.Engine) -> str | None:
    """The schema version of the database; None before the first. Raises `DatabaseNewer` if it is unknown here."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if version and version > HEAD:
        raise DatabaseNewer(found=version, known=HEAD)
    return version
