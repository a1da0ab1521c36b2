"""The database: one engine, transactions that take turns, and times that stay in UTC."""

import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Field, Session, SQLModel

from bot.errors import WatchfloorError
from bot.runtime.hash_chain import chain_hash
from bot.runtime.outage import Outage

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
# PostgreSQL's name of what it did to a transaction that was idle for too long.
IDLE_IN_TRANSACTION = "25P03"

# Rows are not validated: what pydantic needs for that is made for the few that are, when they are.
SQLModel.model_config["defer_build"] = True

# An option of transactions whose commit need not wait for the disk.
UNSYNCED = "unsynced"

_is_low_priority: ContextVar[bool] = ContextVar("is_patient", default=False)


@contextmanager
def low_priority() -> Iterator[None]:
    """Nobody waits for the changes made here: they let those pass that a person waits for."""
    token = _is_low_priority.set(True)
    try:
        yield
    finally:
        _is_low_priority.reset(token)


class DatabaseBusy(WatchfloorError):
    """Watchfloor's database did not answer, and nothing was changed. Please try again in a moment."""


class ChangeUnknown(WatchfloorError):
    """Watchfloor's database stopped answering, so I do not know whether that was done. Please look before you try
    again."""


class DatabaseUnusable(WatchfloorError):
    """The database cannot be used: {reason}. Look at WATCHFLOOR_DATABASE_URL: the address, the name and password in
    it, whether it runs, and whether its folder may be written."""


@contextmanager
def unusable_as_sentence() -> Iterator[None]:
    """Whatever keeps a database from being opened is said in a sentence."""
    try:
        yield
    except (SQLAlchemyError, OSError) as refused:
        text = str(getattr(refused, "orig", None) or getattr(refused, "strerror", None) or refused)
        raise DatabaseUnusable(reason=text.strip().splitlines()[0].rstrip(".")) from refused


_commits: ContextVar[list[None] | None] = ContextVar("commits", default=None)


@contextmanager
def noting_commits() -> Iterator[list[None]]:
    """Was anything committed in this block? After that nobody may be told that nothing was changed."""
    commits: list[None] = []
    earlier = _commits.set(commits)
    try:
        yield commits
    finally:
        _commits.reset(earlier)


def does_person_wait() -> bool:
    """Is this done for somebody who is told afterwards what was done?"""
    return _commits.get() is not None


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment, kept as UTC without a zone (SQLite has none) and given back with it."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database: naive UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database: aware UTC."""
        return value.replace(tzinfo=UTC) if value else None

    def bind_processor(self, dialect: Any) -> Any:
        """SQLite keeps moments as text: written in one step, as SQLAlchemy writes them in several."""
        return _to_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Read in one step, too: the steps of one playbook hold more than a hundred moments."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _to_sqlite(value: datetime | None) -> str | None:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if value else None


def _from_sqlite(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{text}+00:00") if text else None


class Database:
    """Where the state lives. `transaction()` to change it, `reading()` to look."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        with unusable_as_sentence():
            self.engine = _sqlite_database(url) if self.is_sqlite else _postgresql_database(url)
        # PostgreSQL refuses a lock in it, so that a look never waits for a change, nor a change for a look.
        self._reading = self.engine if self.is_sqlite else self.engine.execution_options(postgresql_readonly=True)
        # SQLite lets one writer in and makes the others poll; a queue of our own is fair and faster.
        self._turn = threading.Lock() if self.is_sqlite else None
        self._low_priority_lock = threading.Lock()
        sa.event.listen(self.engine, "commit", _begin_commit)
        # Called before a commit when the transaction noted something in `session.info`.
        self.before_commit: Callable[[Session], None] = lambda session: None
        # Called after each commit with what the transaction noted in `session.info`.
        self.after_commit: Callable[[dict[str, Any]], None] = lambda notes: None
        self._outage = Outage("the database")

    @contextmanager
    def transaction(self, *, is_synced: bool = True) -> Iterator[Session]:
        """All of it or nothing. Refuses with a sentence when the database is locked or away.

        Without `is_synced` the commit does not wait for the disk: a machine that loses power may lose it.
        """
        with self._in_turn(), Session(self.engine, expire_on_commit=False) as session, self._told_what_is_known():
            _commit.is_begun = False
            # Taking SQLite's write lock first: a read that becomes a write can fail half-way.
            session.connection(execution_options={"sqlite_begin": "BEGIN IMMEDIATE", UNSYNCED: not is_synced})
            if not (is_synced or self.is_sqlite):
                session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield session
            if session.info:
                self.before_commit(session)
            session.commit()
        self._outage.works()
        if (commits := _commits.get()) is not None:
            commits.append(None)
        if session.info:
            self.after_commit(dict(session.info))

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait for the writers before, but not so long that who clicked hears nothing in time."""
        if self._turn is None:
            yield
            return
        # Of those for whom nobody waits one at a time joins the queue: the rest stand in no person's way.
        with self._low_priority_lock if _is_low_priority.get() else nullcontext():
            if not self._turn.acquire(timeout=WRITE_LOCK_WAIT_S):
                raise DatabaseBusy()
            try:
                yield
            finally:
                self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look at the state."""
        with Session(self._reading, expire_on_commit=False) as session, self._translated_errors():
            yield session
        self._outage.works()

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, PoolTimeout) as refused:
            self._outage.fails(type(refused).__name__)
            raise DatabaseBusy() from refused
        except InternalError as refused:
            if getattr(refused.orig, "sqlstate", "") == IDLE_IN_TRANSACTION:
                raise DatabaseBusy() from refused
            raise

    @contextmanager
    def _told_what_is_known(self) -> Iterator[None]:
        """A commit that was not answered may have been done: only before it nothing was changed for sure."""
        try:
            with self._translated_errors():
                yield
        except DatabaseBusy as refused:
            if _commit.is_begun:
                raise ChangeUnknown() from refused
            raise

    def checkpoint(self) -> None:
        """What was written over stays in no log of SQLite's either."""
        if self.is_sqlite:
            checkpoint(self.engine)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A long look at the state as it is at one moment, whatever is changed meanwhile."""
        engine = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        with Session(engine, expire_on_commit=False) as session, self._translated_errors():
            without_time_limit(session.connection())
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


# Of this thread's transaction: whether its commit was sent to the database.
_commit = threading.local()


def _begin_commit(_: sa.Connection) -> None:
    _commit.is_begun = True


def without_time_limit(connection: sa.Connection) -> None:
    """What takes long by its nature is not cut off on PostgreSQL, until this transaction ends."""
    if connection.dialect.name == "postgresql":
        limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        lifted = ", ".join(f"set_config('{limit}', '0', true)" for limit in limits)
        connection.exec_driver_sql(f"SELECT {lifted}")


def sqlite_engine(url: str, *, connections: int = 10, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> sa.Engine:
    """An SQLite engine that loses nothing at a crash (full sync) and lets readers read while one writes."""
    _make_private(url)
    # What people wrote must not come into the log with an error.
    engine = sa.create_engine(url, pool_size=connections, max_overflow=10, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        for pragma in (
            f"busy_timeout={busy_timeout_ms}",
            "journal_mode=WAL",
            "synchronous=FULL",
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


def _sqlite_database(url: str) -> sa.Engine:
    engine = sqlite_engine(url, busy_timeout_ms=OWN_BUSY_TIMEOUT_MS)

    @sa.event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get(UNSYNCED):
            connection.info[UNSYNCED] = True
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN"))

    @sa.event.listens_for(engine, "checkin")
    def _sync_again(connection: Any, record: Any) -> None:
        if record.info.pop(UNSYNCED, False) and connection is not None:
            connection.execute("PRAGMA synchronous=FULL")

    return engine


def _postgresql_database(url: str) -> sa.Engine:
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


def _make_private(url: str) -> None:
    database = sa.make_url(url).database
    if database and database != ":memory:":
        path = Path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=OWNER_ONLY)
        # One that was restored, or copied here, has the rights that it had elsewhere.
        if stat.S_IMODE(path.stat().st_mode) & ~OWNER_ONLY:
            path.chmod(OWNER_ONLY)


def upsert(session: Session, row: SQLModel) -> None:
    """Write a row, over the one of the same primary key if there is one, even when two do so at once."""
    upsert_all(session, [row])


def upsert_all(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write rows of one table, each over the one of the same primary key if there is one."""
    if rows:
        statement = _upsert_statement(type(rows[0]), session.get_bind().dialect.name)
        session.flush()
        session.connection().execute(statement, [_values(row) for row in rows])


def insert_new(session: Session, row: SQLModel) -> bool:
    """Write a row, with its number, unless one like it is there, even when two do so at once; False when it is."""
    statements = _insert_new_statements(type(row), session.get_bind().dialect.name)
    session.flush()
    if getattr(row, "id", "") is not None:  # its key is not given by the database
        return bool(session.connection().execute(statements.without_number, _values(row)).rowcount)
    number = session.connection().execute(statements.with_number, _values(row)).scalar()
    if number is not None:
        row.id = number
    return number is not None


def insert_all_new(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write rows of one table, but those that are there, even when two do so at once. No numbers are read back."""
    if rows:
        statement = _insert_new_statements(type(rows[0]), session.get_bind().dialect.name).without_number
        session.flush()
        session.connection().execute(statement, [_values(row) for row in rows])


@dataclass(frozen=True)
class _InsertNew:
    """What writes a row unless one like it is there; with the number that the database gives it, or without."""

    without_number: Any
    with_number: Any


# Put together once: that takes longer than to run them.
@cache
def _upsert_statement(table: type[SQLModel], dialect: str) -> Any:
    insert = _insert(table, dialect)
    key = [column.name for column in sa.inspect(table).primary_key]
    updates = {column.name: column for column in insert.excluded if column.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=updates)


@cache
def _insert_new_statements(table: type[SQLModel], dialect: str) -> _InsertNew:
    insert = _insert(table, dialect).on_conflict_do_nothing()
    return _InsertNew(insert, insert.returning(sa.literal_column("id")))


def _insert(table: type[SQLModel], dialect: str) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def _values(row: SQLModel) -> dict[str, Any]:
    return {name: value for name, value in row if not (name == "id" and value is None)}


class Numbered(SQLModel):
    """A row whose key is a number that the database gives."""

    id: int | None = Field(default=None, primary_key=True)

    @property
    def number(self) -> int:
        """Its key, once it is in the database; what people call it by, where they see it."""
        assert self.id is not None
        return self.id


def utc_column(*, nullable: bool = True, index: bool = False) -> Any:
    """A column that holds a moment."""
    return sa.Column(UtcDateTime(), nullable=nullable, index=index)


def partial_index(name: str, *columns: str, where: str, on_sqlite: str = "", unique: bool = False) -> sa.Index:
    """An index of those rows alone that meet a condition; `on_sqlite` is for what SQLite says in other words."""
    sqlite_where, postgresql_where = sa.text(on_sqlite or where), sa.text(where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=sqlite_where, postgresql_where=postgresql_where)
