"""The database's schema and behaviour, on SQLite and on PostgreSQL."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from typing import Any, cast

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from slack_bolt import Ack
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel, col, select
from websockets.exceptions import ConnectionClosedError

from bot import outbox
from bot.bootstrap import build_registry
from bot.errors import TryLater
from bot.incidents import responses
from bot.incidents.tables import Incident
from bot.outbox import kinds, leases
from bot.outbox.tables import OutboxRow
from bot.runtime import logs, migrations, outage
from bot.runtime.database import ChangeUnknown, Database, DatabaseBusy, UtcDateTime, insert_new
from bot.web import health
from bot.web.replay_guard import SignedRequest
from tests import prepared
from tests.locks import brief_lock_waits, locked_database

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CROWD = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        store = Database(f"sqlite:///{tmp_path}/watchfloor.sqlite")
    else:
        store = Database(request.getfixturevalue("postgres_url"))
    yield store
    store.close()


@contextmanager
def closing_database(url: str) -> Iterator[Database]:
    """Yield a database and close it afterwards."""
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of each kind."""
    is_file = request.param == "sqlite"
    store = Database(prepared.database(tmp_path) if is_file else request.getfixturevalue("prepared_postgres_url"))
    yield store
    store.close()


def test_an_empty_database_gets_the_schema_that_the_tables_describe(store: Database) -> None:
    build_registry()  # this loads the tables of every noun
    migrations.upgrade(store.engine)
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert differences == []


def test_upgrading_again_changes_nothing(ready: Database) -> None:
    before = sa.inspect(ready.engine).get_table_names()

    migrations.upgrade(ready.engine)

    assert sa.inspect(ready.engine).get_table_names() == before


def test_times_come_back_in_utc_with_their_zone(ready: Database) -> None:
    with ready.transaction() as session:
        outbox.post(session, "hello", "C1", "words", NOW)

    with ready.reading() as session:
        assert session.exec(select(OutboxRow.retry_at)).one() == NOW


def test_the_stored_format_of_times_stays_the_same(tmp_path: Path) -> None:
    store = Database(f"sqlite:///{tmp_path}/a.sqlite")
    manila = timezone(timedelta(hours=8))
    times = [NOW, NOW.replace(microsecond=120), datetime(2026, 1, 5, 6, 0, 1, 999_999, tzinfo=manila), None]

    with store.engine.connect() as connection:
        for at in times:
            naive = at.astimezone(UTC).replace(tzinfo=None) if at else None
            written = connection.scalar(sa.select(sa.cast(sa.literal(at, UtcDateTime()), sa.Text)))
            assert written == connection.scalar(sa.select(sa.cast(sa.literal(naive, sa.DateTime()), sa.Text)))
            read = connection.scalar(sa.select(sa.literal(at, UtcDateTime())))
            assert (read, read and read.tzinfo) == (at, UTC if at else None)


def test_a_transaction_that_fails_leaves_nothing_behind(ready: Database) -> None:
    with pytest.raises(ZeroDivisionError), ready.transaction() as session:
        outbox.post(session, "hello", "C1", "words", NOW)
        raise ZeroDivisionError

    with ready.reading() as session:
        assert session.exec(select(OutboxRow)).all() == []


def test_a_change_whose_commit_was_not_answered_is_reported_as_unknown(ready: Database) -> None:
    def loses_the_answer(connection: sa.Connection) -> None:
        connection.exec_driver_sql("COMMIT")
        raise OperationalError("COMMIT", {}, ConnectionError("the connection was lost"))

    sa.event.listen(ready.engine, "commit", loses_the_answer)
    with pytest.raises(ChangeUnknown), ready.transaction() as session:
        outbox.post(session, "hello", "C1", "words", NOW)
    sa.event.remove(ready.engine, "commit", loses_the_answer)

    with ready.reading() as session:
        assert len(session.exec(select(OutboxRow)).all()) == 1


def test_a_full_database_is_not_reported_as_one_that_answers_in_a_moment(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        closing_database(prepared.database(tmp_path)) as store,
        pytest.raises(DatabaseBusy) as refused,
        store.transaction() as session,
    ):
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
        outbox.post(session, "hello", "C1", "words" * 10_000, NOW)

    assert "in a moment" not in refused.value.sentence
    assert "administrator" in refused.value.sentence
    assert [record.__dict__["reason"] for record in caplog.records] == ["database or disk is full"]


@pytest.mark.parametrize("failure", [DatabaseBusy(), TryLater("no answer"), ZeroDivisionError()])
def test_a_failure_after_a_commit_is_not_reported_as_changing_nothing(ready: Database, failure: Exception) -> None:
    answers: list[str] = []
    no_services: Any = None

    def ack(text: str, **_: Any) -> Any:
        answers.append(text)

    def changes_and_fails() -> None:
        with ready.transaction() as session:
            outbox.post(session, "hello", "C1", "words", NOW)
        raise failure

    def fails() -> None:
        raise failure

    for act in (changes_and_fails, fails):
        responses.answer_command(no_services, "U0ANA", act, cast(Ack, ack))

    after_commit, without_commit = answers
    assert "look before you try again" in after_commit
    assert "nothing was changed" not in after_commit
    assert "look before you try again" not in without_commit


def test_a_message_that_many_threads_post_at_once_is_stored_once(ready: Database) -> None:
    barrier = Barrier(CROWD)

    def post(_: int) -> None:
        barrier.wait()
        with ready.transaction() as session:
            outbox.post(session, "hello", "C1", "words", NOW)

    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(post, range(CROWD)))

    with ready.reading() as session:
        assert len(session.exec(select(OutboxRow)).all()) == 1


def test_a_row_that_exists_already_is_not_reported_as_new(ready: Database) -> None:
    answers: list[bool] = []
    for _ in range(2):
        with ready.transaction() as session:
            answers.append(insert_new(session, SignedRequest(digest="the same signature", at=NOW)))

    assert answers == [True, False]


def test_a_row_is_leased_by_one_of_many_workers(ready: Database) -> None:
    with ready.transaction() as session:
        outbox.post(session, "hello", "C1", "words", NOW)
    together = Barrier(CROWD)

    def lease(number: int) -> bool:
        together.wait()
        with ready.transaction() as session:
            return bool(leases.of_messages(session, f"replica {number}", NOW))

    with ThreadPoolExecutor(CROWD) as crowd:
        assert sum(crowd.map(lease, range(CROWD))) == 1


def test_a_start_does_not_wait_for_a_row_that_another_replica_works_on(prepared_postgres_url: str) -> None:
    """Two starts that lock rows in different orders would wait for each other."""
    with closing_database(prepared_postgres_url) as ready:
        with ready.transaction() as session:
            for key in ("first", "second"):
                outbox.post(session, key, "C1", key, NOW)
            assert len(leases.of_messages(session, "replica", NOW)) == 2
        with ready.transaction() as working:
            row = sa.select(col(OutboxRow.id)).order_by(col(OutboxRow.id)).limit(1).with_for_update()
            working.connection().execute(row)
            with ready.transaction() as starting:
                leases.end(starting, "replica")

        with ready.reading() as session:
            rows = session.exec(select(OutboxRow).order_by(sa.text("id"))).all()
        assert [row.leased_by for row in rows] == ["replica", None]


def test_an_outage_is_logged_in_one_line_when_it_begins_and_one_when_it_ends(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Database(prepared.database(tmp_path))
    monkeypatch.setattr(outage, "OVER_AFTER_S", 0)
    assert health.database(store).is_ok
    with brief_lock_waits(store), locked_database(store):
        # The database can be read but not written.
        for _ in range(2):
            assert health.database(store) == health.Finding(
                False, "The database does not answer, or cannot be written."
            )

    assert health.database(store).is_ok
    assert health.database(store).is_ok
    assert [record.getMessage() for record in caplog.records if record.name == outage.__name__] == [
        "the database does not answer; what is due waits",
        "the database answers again",
    ]
    store.close()


def test_errors_of_an_outage_are_not_logged_with_every_failure() -> None:
    assert not logs.is_worth_logging(_error("bot", DatabaseBusy()))
    assert not logs.is_worth_logging(_error("bot", OperationalError("", {}, Exception())))
    assert logs.is_worth_logging(_error("bot", ValueError()))


def test_a_lost_web_socket_is_not_logged_as_an_error_of_its_threads() -> None:
    assert not logs.is_worth_logging(_error("websockets.client", ConnectionClosedError(None, None)))
    assert not logs.is_worth_logging(_error("websockets.client", EOFError("stream ended")))
    assert logs.is_worth_logging(_error("websockets.client", ValueError()))
    assert logs.is_worth_logging(_error("bot", EOFError()))


def _error(logger: str, failure: Exception) -> logging.LogRecord:
    return logging.LogRecord(logger, logging.ERROR, "file", 1, "it failed", (), (type(failure), failure, None))


def test_a_row_hurried_during_an_attempt_is_due_at_once_and_not_at_the_attempts_retry_time(ready: Database) -> None:
    later = NOW + timedelta(seconds=30)
    declared: dict[str, Any] = {
        "declared_key": "a",
        "title": "a",
        "severity": "S1",
        "declared_by": "U1",
        "declared_at": NOW,
    }
    with ready.transaction() as session:
        session.add(Incident(**declared))
        session.flush()
        for subject in ("1", "2"):
            facts: dict[str, Any] = {"incident_id": 1, "subject": subject}
            outbox.enqueue(session, kinds.POST_MORTEM_FILES, f"files:{subject}", NOW, **facts)
    with ready.transaction() as session:
        leased = leases.of_messages(session, "replica", NOW)
    hurried_at = NOW + timedelta(seconds=1)
    with ready.transaction() as session:
        outbox.hurry(session, 1, kinds.POST_MORTEM_FILES, "1", hurried_at)

    with ready.transaction() as session:
        due_times = leases.settle(session, [(row, {"retry_at": later}) for row in leased])

    assert due_times == {leased[0].number: hurried_at, leased[1].number: later}
