"""The database's shape and manners, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel, select

from bot.bootstrap import build_registry
from bot.outbox import notices
from bot.outbox.notices import Notice
from bot.runtime import migrations
from bot.runtime.database import Store, UtcDateTime

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CROWD = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path}/watchfloor.sqlite")
    else:
        store = Store(request.getfixturevalue("postgres_url"))
    yield store
    store.close()


@pytest.fixture
def ready(store: Store) -> Store:
    """A database of the newest shape."""
    migrations.upgrade(store.engine)
    return store


def test_an_empty_database_gets_the_shape_that_the_tables_describe(ready: Store) -> None:
    build_registry()  # it loads the tables of every noun
    with ready.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert differences == []


def test_upgrading_again_changes_nothing(ready: Store) -> None:
    before = sa.inspect(ready.engine).get_table_names()

    migrations.upgrade(ready.engine)

    assert sa.inspect(ready.engine).get_table_names() == before


def test_times_come_back_in_utc_with_their_zone(ready: Store) -> None:
    with ready.transaction() as session:
        notices.add(session, "hello", "C1", "words", NOW)

    with ready.reading() as session:
        assert session.exec(select(Notice.retry_at)).one() == NOW


def test_times_are_kept_as_they_always_were(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/a.sqlite")
    manila = timezone(timedelta(hours=8))
    times = [NOW, NOW.replace(microsecond=120), datetime(2026, 1, 5, 6, 0, 1, 999_999, tzinfo=manila), None]

    with store.engine.connect() as connection:
        for at in times:
            naive = at.astimezone(UTC).replace(tzinfo=None) if at else None
            written = connection.scalar(sa.select(sa.cast(sa.literal(at, UtcDateTime()), sa.Text)))
            assert written == connection.scalar(sa.select(sa.cast(sa.literal(naive, sa.DateTime()), sa.Text)))
            read = connection.scalar(sa.select(sa.literal(at, UtcDateTime())))
            assert (read, read and read.tzinfo) == (at, UTC if at else None)


def test_a_transaction_that_fails_leaves_nothing_behind(ready: Store) -> None:
    with pytest.raises(ZeroDivisionError), ready.transaction() as session:
        notices.add(session, "hello", "C1", "words", NOW)
        raise ZeroDivisionError

    with ready.reading() as session:
        assert session.exec(select(Notice)).all() == []


def test_what_many_say_at_the_same_moment_is_said_once(ready: Store) -> None:
    together = Barrier(CROWD)

    def say(_: int) -> None:
        together.wait()
        with ready.transaction() as session:
            notices.add(session, "hello", "C1", "words", NOW)

    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(say, range(CROWD)))

    with ready.reading() as session:
        assert len(session.exec(select(Notice)).all()) == 1


def test_a_notice_is_claimed_by_one_of_many(ready: Store) -> None:
    with ready.transaction() as session:
        notices.add(session, "hello", "C1", "words", NOW)
    together = Barrier(CROWD)

    def claim(number: int) -> bool:
        together.wait()
        with ready.transaction() as session:
            return notices.claim(session, f"replica {number}", NOW) is not None

    with ThreadPoolExecutor(CROWD) as crowd:
        assert sum(crowd.map(claim, range(CROWD))) == 1
