"""How SQLite and PostgreSQL are opened, with time limits that fit in the three seconds that Slack allows."""

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
# While a user waits: together these fit in the three seconds that Slack allows for an answer.
WRITE_LOCK_WAIT_S = 1.3
OWN_BUSY_TIMEOUT_MS = 1_200

# On PostgreSQL, the server enforces the limits: no statement of ours, and no wait for a lock, takes longer.
STATEMENT_TIMEOUT_MS = 2_500
LOCK_TIMEOUT_MS = 2_000
# A process that stops inside a transaction keeps its locks no longer than this.
IDLE_TIMEOUT_MS = 10_000
# The server cannot enforce limits once its machine has vanished: then the connection itself must fail, and soon.
CONNECTION_LIMITS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 3_000,  # in milliseconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}


def without_time_limit(connection: sa.Connection) -> None:
    """Lift PostgreSQL's time limits until this transaction ends, for work that takes long by its nature."""
    if connection.dialect.name == "postgresql":
        limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        lifted = ", ".join(f"set_config('{limit}', '0', true)" for limit in limits)
        connection.exec_driver_sql(f"SELECT {lifted}")


def sqlite_engine(url: str, *, connections: int = 10) -> sa.Engine:
    """An SQLite engine that loses nothing in a crash and lets readers read during a write."""
    factory = synced_connection(WalSync(sqlite_file(url)))
    # No more connections: they poll for the one write lock, so a latecomer may wait long.
    pool = {"pool_size": connections, "max_overflow": 0}
    return _sqlite_engine(url, BUSY_TIMEOUT_MS, **pool, connect_args={"factory": factory})


def _sqlite_engine(url: str, busy_timeout_ms: int, **options: Any) -> sa.Engine:
    _make_private(sqlite_file(url))
    # Text that people wrote must not get into the log with an error.
    engine = sa.create_engine(url, hide_parameters=True, json_deserializer=read_json, **options)

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout={busy_timeout_ms}")
        (journal,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        for pragma in (
            # Some network disks do not support a write-ahead log beside the database.
            f"synchronous={'NORMAL' if journal == 'wal' else 'FULL'}",
            "foreign_keys=ON",
            # Deleted and overwritten data is removed from the file itself.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        # PostgreSQL computes this with built-in functions; see `bot.timeline.log`.
        connection.create_function("linked", 2, chain_hash, deterministic=True)

    return engine


def checkpoint(engine: sa.Engine) -> None:
    """Move SQLite's log into the database file, as far as readers allow, and empty the log."""
    # Bypasses SQLAlchemy, which would begin a transaction, inside which a checkpoint cannot be made.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def count_rows(engine: sa.Engine, *tables: str) -> None:
    """Make PostgreSQL count the rows of these tables now; by itself, it does so minutes after many were written.

    Until then, it assumes that the tables are empty, and scans a whole table for each statement.
    """
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            without_time_limit(connection)
            connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")


def compact(engine: sa.Engine) -> None:
    """Free the space that deleted rows have left in the database."""
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
    """The engine of the bot's own database, where `Database` itself waits for the disk."""
    # Each connection caches the schema and the statements that it ran, a MB of memory: a crowd opens more of them,
    # which takes a millisecond each, and the few that stay are reused first.
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
        connect_args=CONNECTION_LIMITS | {"options": options},
    )


def sqlite_file(url: str) -> str:
    """The path of an SQLite database, or `:memory:` if there is none."""
    return sa.make_url(url).database or ":memory:"


def _make_private(database: str) -> None:
    if database == ":memory:":
        return
    path = Path(database)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=OWNER_ONLY)
    # A file that was restored or copied here has the permissions that it had elsewhere.
    if stat.S_IMODE(path.stat().st_mode) & ~OWNER_ONLY:
        path.chmod(OWNER_ONLY)
