"""How SQLite and PostgreSQL are opened, with limits that leave room in the three seconds of an answer."""

import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.runtime.database.wal_sync import WalSync, synced_connection
from bot.runtime.hash_chain import chain_hash
from bot.runtime.json_text import read_json

OWNER_ONLY = 0o600
BUSY_TIMEOUT_MS = 2_000
# While somebody waits: together these leave room in the three seconds that Slack gives an answer.
WRITE_LOCK_WAIT_S = 1.3
OWN_BUSY_TIMEOUT_MS = 1_200

# On PostgreSQL the same is held by the server: no statement of ours, and no wait for a lock, is longer.
STATEMENT_TIMEOUT_MS = 2_500
LOCK_TIMEOUT_MS = 2_000
# A process that stops inside a transaction keeps its locks no longer than that.
IDLE_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 2


def without_time_limit(connection: sa.Connection) -> None:
    """What takes long by its nature is not cut off on PostgreSQL, until this transaction ends."""
    if connection.dialect.name == "postgresql":
        limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        lifted = ", ".join(f"set_config('{limit}', '0', true)" for limit in limits)
        connection.exec_driver_sql(f"SELECT {lifted}")


def sqlite_engine(url: str, *, connections: int = 10, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sa.Engine:
    """An SQLite engine that loses nothing at a crash and lets readers read while one writes."""
    factory = synced_connection(WalSync(sqlite_file(url)))
    # No more than that: they poll for the one write lock, so that who comes late may wait long.
    pool = {"pool_size": connections, "max_overflow": 0}
    return _sqlite_engine(url, busy_timeout_ms, **pool, connect_args={"factory": factory})


def _sqlite_engine(url: str, busy_timeout_ms: int, **options: Any) -> sa.Engine:
    _make_private(sqlite_file(url))
    # What people wrote must not come into the log with an error.
    engine = sa.create_engine(url, hide_parameters=True, json_deserializer=read_json, **options)

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout={busy_timeout_ms}")
        (journal,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        for pragma in (
            # Some disks in a network can have no log beside the database.
            f"synchronous={'NORMAL' if journal == 'wal' else 'FULL'}",
            "foreign_keys=ON",
            # What is deleted or written over is gone from the file, not only from sight.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        # PostgreSQL has what it takes; see the log under the timeline.
        connection.create_function("linked", 2, chain_hash, deterministic=True)

    return engine


def checkpoint(engine: sa.Engine) -> None:
    """Bring what waits in SQLite's log into the file, as far as nobody reads, and empty the log."""
    # Past SQLAlchemy, which would begin a transaction in which neither this nor what follows can be done.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def count_rows(engine: sa.Engine, *tables: str) -> None:
    """Let PostgreSQL learn now how large these tables are; its own look comes minutes after many rows were written.

    Until then it takes them for empty, and reads a table from its beginning for each statement.
    """
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            without_time_limit(connection)
            connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")


def compact(engine: sa.Engine) -> None:
    """Write the database anew without the room that deleted rows have left."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM")
        checkpoint(engine)
    else:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("RESET statement_timeout")


def sqlite_database(url: str) -> sa.Engine:
    """The bot's own database, where `Database` waits for the disk."""
    # Each connection keeps the shape of all tables and the statements that it ran, a MB of memory: a crowd opens
    # more of them, which takes a millisecond each, and the few that stay are used again first.
    pool = {"pool_size": 4, "max_overflow": 16, "pool_use_lifo": True}
    engine = _sqlite_engine(url, OWN_BUSY_TIMEOUT_MS, **pool)

    @sa.event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN"))

    return engine


def postgresql_database(url: str) -> sa.Engine:
    # A connection that the server has closed meanwhile is replaced before it is used.
    limits = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
    }
    options = " ".join(f"-c {name}={limit_ms}" for name, limit_ms in limits.items())
    return sa.create_engine(
        url,
        pool_size=20,
        pool_timeout=WRITE_LOCK_WAIT_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": CONNECT_TIMEOUT_S},
    )


def sqlite_file(url: str) -> str:
    """The path of a database, or the word that stands for none."""
    return sa.make_url(url).database or ":memory:"


def _make_private(database: str) -> None:
    if database == ":memory:":
        return
    path = Path(database)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=OWNER_ONLY)
    # One that was restored, or copied here, has the rights that it had elsewhere.
    if stat.S_IMODE(path.stat().st_mode) & ~OWNER_ONLY:
        path.chmod(OWNER_ONLY)
