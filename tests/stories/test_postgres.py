"""An incident's life with its state in PostgreSQL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import InternalError
from sqlmodel import Session

from bot import outbox
from bot.followups import change_actions as followup_changes
from bot.followups import ids
from bot.followups import messages as followup_messages
from bot.followups import tables as followups
from bot.followups.rules import State
from bot.incidents import incidents
from bot.incidents.registry import Registry
from bot.incidents.tables import NoIncidentHere
from bot.incidents.workflows import DeclareRequest, record
from bot.outbox import kinds
from bot.partners import answers
from bot.partners import tables as partner_notices
from bot.runtime.clock import utcnow
from bot.runtime.database import Database, DatabaseBusy, compact, engines
from bot.runtime.waiting import wait_until
from bot.runtime.workflows.records import delete_finished_records
from bot.screens.records import export, purge
from bot.screens.timeline.pages import amend_form
from bot.timeline import timeline, verification
from tests.floor import PATIENCE_S, TestFloor
from tests.stories.record import rows
from tests.stories.record import timeline as timeline_rows
from tests.stories.seen_followups import is_told

PLAYBOOKS = Path(__file__).parent / "playbooks"


def test_an_incident_runs_from_its_declaration_to_its_updates_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=postgres_url) as floor:
        channel = floor.declares("S1 IVR down in Manila")
        assert "number is too large" in floor.ana.types("/incident 99999999999", channel="general").text
        floor.passes(minutes=31)
        floor.restart_bot()
        floor.says("ana", "/incident impact half of the calls are lost", channel)
        floor.passes(minutes=30)

        assert "S1 · IVR down in Manila" in floor.card(channel)
        updates = [m for m in floor.ana.sees(channel) if m.metadata and "update:" in str(m.metadata)]
        assert len(updates) == 2
        floor.nothing_was_malformed()


def test_postgresql_purges_words_and_forgets_finished_flows(tmp_path: Path, prepared_postgres_url: str) -> None:
    word = "Quetzalcoatl"
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        channel = floor.declares(f"S3 {word}")
        floor.ana.says(f"{word} says it", channel=channel)
        floor.says("ana", f"/incident followup {word} must mend it", channel)
        is_told(floor, "ana", word)
        floor.ana.clicks(ids.DONE, channel="dm")
        is_told(floor, "ana", "Done by")
        floor.says("ana", f"/incident resolve {word} is over", channel)
        floor.says("ana", "/incident close", channel)
        floor.passes(days=31)
        cutoff = utcnow() - timedelta(days=30)

        result = purge.purge(floor.services.database, floor.services.get(Registry), cutoff, utcnow())
        assert result.incidents == [1]
        assert delete_finished_records(prepared_postgres_url, timedelta()) > 0
        compact(floor.services.database.engine)

        with floor.services.database.reading() as session:
            record = str(export.record_of(session, 1, utcnow()))
            assert verification.verify(session, 1) == []
        assert word not in record
        assert "[removed]" in record


def test_postgresql_answers_a_person_in_three_seconds_although_a_row_is_locked(
    tmp_path: Path, prepared_postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        channel = floor.declares("S2 Chat is slow")
        somebody_else = sa.create_engine(prepared_postgres_url)

        with somebody_else.begin() as connection:
            connection.execute(sa.text("SELECT id FROM incidents FOR UPDATE"))
            answer = floor.ana.types("/incident severity S1 worse", channel=channel)

        somebody_else.dispose()
        assert answer.ok
        assert answer.text == DatabaseBusy().sentence
        floor.settle()
        assert rows(floor, "incidents")[0]["severity"] == "S2"


def test_postgresql_soon_releases_the_locks_of_a_stalled_transaction(
    tmp_path: Path, prepared_postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        floor.declares("S2 Chat is slow")
        store = floor.services.database

        with pytest.raises(DatabaseBusy), store.transaction() as stalled_session:
            limit = (
                stalled_session.connection().exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
            )
            assert limit == f"{engines.IDLE_TIMEOUT_MS // 1000}s"
            # For this transaction alone: the bot's own may be slower than that on a busy machine.
            stalled_session.connection().exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 300")
            incidents.by_number_locked(stalled_session, 1)
            with ThreadPoolExecutor(1) as executor:
                executor.submit(lambda: _locks(store)).result(PATIENCE_S)
            incidents.by_number_locked(stalled_session, 1)


def _locks(store: Database) -> None:
    with store.transaction() as session:
        incidents.by_number_locked(session, 1)


@pytest.mark.parametrize("beginning", [Database.reading, Database.transaction])
def test_postgresql_raises_for_a_session_stalled_too_long_even_without_another_query(
    beginning: Callable[[Database], AbstractContextManager[Session]],
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines, "IDLE_TIMEOUT_MS", 50)
    store, other_engine = Database(postgres_url), sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    backend_count = sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")

    with pytest.raises(DatabaseBusy), beginning(store) as stalled_session:
        pid = stalled_session.connection().execute(sa.text("SELECT pg_backend_pid()")).scalar()
        with other_engine.connect() as connection:
            assert wait_until(lambda: not connection.execute(backend_count, {"pid": pid}).scalar(), PATIENCE_S)
        raise NoIncidentHere
    store.close()
    other_engine.dispose()


def test_postgresql_statements_that_may_take_long_are_not_cut_off(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "STATEMENT_TIMEOUT_MS", 50)
    store, slow_statement = Database(postgres_url), sa.text("SELECT pg_sleep(0.2)")

    with store.snapshot() as session:
        session.connection().execute(slow_statement)
    with store.transaction() as session:
        engines.without_time_limit(session.connection())
        session.connection().execute(slow_statement)
    with pytest.raises(DatabaseBusy), store.transaction() as session:
        session.connection().execute(slow_statement)
    store.close()


@pytest.fixture
def connection_settings() -> Iterator[list[dict[str, str]]]:
    """The settings of every connection to PostgreSQL that is opened."""
    seen: list[dict[str, str]] = []

    def note(connection: psycopg.Connection, _: object) -> None:
        seen.append(connection.info.get_parameters())

    sa.event.listen(sa.Pool, "connect", note)
    yield seen
    sa.event.remove(sa.Pool, "connect", note)


def test_every_connection_to_postgresql_fails_soon_when_the_server_vanishes(
    tmp_path: Path, prepared_postgres_url: str, connection_settings: list[dict[str, str]]
) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS):
        pass

    limits = [
        (settings.get("tcp_user_timeout"), settings.get("connect_timeout")) for settings in connection_settings
    ]
    assert set(limits) == {("3000", "2")}
    assert len({settings.get("options") for settings in connection_settings}) == 3, "one for each engine"


def test_postgresql_readers_do_not_wait_for_writers(tmp_path: Path, prepared_postgres_url: str) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        channel = floor.declares("S1 IVR down at Northline")
        floor.says("ana", "/incident partners tell", channel)
        message = floor.ana.says("The trunk is dead", channel=channel)
        floor.settle()
        services = floor.services
        [notice] = rows(floor, "partner_notices")
        [entry] = timeline_rows(floor, "message")

        with services.database.transaction() as session, ThreadPoolExecutor(1) as executor:
            session.connection().execute(sa.text("SELECT id FROM partner_notices FOR UPDATE"))
            session.connection().execute(sa.text("SELECT id FROM timeline_entries FOR UPDATE"))

            def looks() -> None:
                answers.affected_form(services, notice["id"], notice["channel_id"])
                amend_form(services, 1, entry["id"], "U0ANA")
                with services.database.reading() as reading:
                    timeline.by_source(reading, 1, f"message:{message.ts}")

            executor.submit(looks).result(PATIENCE_S)


def test_postgresql_readers_cannot_lock(tmp_path: Path, prepared_postgres_url: str) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        floor.declares()

        with floor.services.database.reading() as session, pytest.raises(InternalError, match="read-only"):
            incidents.by_number_locked(session, 1)


def test_on_postgresql_a_row_whose_query_fails_does_not_keep_others_from_being_delivered(
    tmp_path: Path, prepared_postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        services = floor.services
        with services.database.transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE alert_groups RENAME title TO renamed")
            kind = kinds.ALERTS_DECLARATION
            outbox.enqueue(session, kind, "refused", utcnow(), subject="1", priority=outbox.FIRST)
            outbox.post(session, "urgent", "U0BEN", "the others come", utcnow(), priority=outbox.URGENT)

        wait_until(lambda: "the others come" in floor.visible_text("dm", "ben"), PATIENCE_S)

        floor.settle()
        [row] = [row for row in rows(floor, "outbox") if row["key"] == "refused"]
        assert row["attempts"] > 0, "it is counted, so that somebody is told in the end"


def test_postgresql_locks_partners_and_follow_ups_after_their_incident(
    tmp_path: Path, prepared_postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        channel = floor.declares("S1 IVR down at Northline")
        floor.says("ana", "/incident partners tell", channel)
        floor.says("ana", "/incident followup call the carrier", channel)
        services, now = floor.services, utcnow()
        [notice] = rows(floor, "partner_notices")

        def changes_the_notice(session: Session) -> None:
            for row in partner_notices.of_incident(session, 1):
                row.trouble = "by hand"
                session.add(row)

        def changes_the_follow_up(session: Session) -> None:
            followups.locked(session, 1)

        for changes, other_change in (
            (
                changes_the_notice,
                partial(answers.record_received, services, notice["id"], notice["channel_id"], "U0ANA", now),
            ),
            (changes_the_follow_up, partial(followup_changes.finish, services, 1, State.DONE, "U0ANA", now)),
        ):
            with ThreadPoolExecutor(1) as executor, services.database.transaction() as session:
                incidents.by_number_locked(session, 1)
                followup_messages.mark_stale(session, followups.get(session, 1))
                future = executor.submit(other_change)
                assert wait_until(partial(somebody_waits, services.database), PATIENCE_S)
                changes(session)
                session.flush()
                session.commit()
                future.result(PATIENCE_S)


def somebody_waits(store: Database) -> bool:
    """Whether a session of this database is waiting for a lock."""
    waiting_sessions = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with store.engine.connect() as connection:
        return bool(connection.execute(waiting_sessions).scalar())


def test_postgresql_recording_and_changing_an_incident_do_not_deadlock(
    tmp_path: Path, prepared_postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        floor.declares()
        store, both_have_begun = floor.services.database, Barrier(2)

        def writes_of_it() -> None:
            with store.transaction() as session:
                outbox.mark_stale(session, 1)
                both_have_begun.wait()
                timeline.append(session, 1, "note", utcnow(), text="somebody looked")

        def changes_it() -> None:
            with store.transaction() as session:
                incidents.by_number_locked(session, 1)
                both_have_begun.wait()
                outbox.mark_stale(session, 1)

        with ThreadPoolExecutor(2) as executor:
            for future in [executor.submit(writes_of_it), executor.submit(changes_it)]:
                future.result(PATIENCE_S)


def test_two_processes_handling_one_declaration_record_one_incident_on_postgresql(
    tmp_path: Path, prepared_postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=prepared_postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        request = DeclareRequest(key="one", user_id="U0ANA", title="IVR down", severity="S3", at=utcnow())
        other_numbers: list[int] = []

        @sa.event.listens_for(floor.services.database.engine, "before_cursor_execute")
        def is_overtaken(_: object, cursor: object, statement: str, *rest: object) -> None:
            if statement.startswith("INSERT INTO incidents ") and not other_numbers:
                other_numbers.append(0)
                with ThreadPoolExecutor(1) as executor:
                    other_numbers[0] = executor.submit(record, floor.services, request).result(PATIENCE_S)

        assert [record(floor.services, request)] == other_numbers
        assert len(rows(floor, "incidents")) == 1
