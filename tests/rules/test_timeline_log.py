"""The log under the timeline detects changes made behind the bot's back and names the entry."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from bot.incidents.tables import Incident
from bot.runtime.database import Database
from bot.runtime.hash_chain import chain_hash, digest
from bot.timeline import log, recording, timeline, verification
from bot.timeline.observed_message import Mark, MessagePolicy, ObservedMessage, Version
from tests import prepared

NOW = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
TS = "1774745999.123456"
FORGETS = MessagePolicy(keeps_deleted_text=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    is_file = request.param == "sqlite"
    store = Database(prepared.database(tmp_path) if is_file else request.getfixturevalue("prepared_postgres_url"))
    with store.transaction() as session:
        for key in ("a", "b"):
            declared: dict[str, Any] = {
                "declared_key": key,
                "title": key,
                "severity": "S1",
                "declared_by": "U1",
                "declared_at": NOW,
            }
            session.add(Incident(**declared))
    _record_changes(store)
    yield store
    store.close()


def _record_changes(store: Database) -> None:
    """Record five changes of three entries in two transactions, and one in another incident."""
    with store.transaction() as session:
        timeline.append(session, 1, "declared", NOW, "U1", severity="S1", title="“IVR” <b>down</b> \u202e 😀")
        message = ObservedMessage(TS, "U2", is_live=True, versions=(Version(TS, "first", TS),))
        assert recording.record_message(session, 1, message, MessagePolicy())
        timeline.append(session, 2, "declared", NOW, "U1", severity="S1", title="another")
    with store.transaction() as session:
        edited = ObservedMessage(
            TS, "U2", is_live=True, versions=(Version("1774746001.000000", "second", "1774746000.5"),)
        )
        assert recording.record_message(session, 1, edited, MessagePolicy())
        assert not recording.record_message(session, 1, edited, MessagePolicy())
        assert timeline.append_once(session, 1, "joined:U3", "joined", NOW, "U3")
        assert not timeline.append_once(session, 1, "joined:U3", "joined", NOW, "U3")


def findings(store: Database) -> list[str]:
    with store.reading() as session:
        numbers = verification.incidents_with_a_timeline(session)
        return [str(finding) for number in numbers for finding in verification.verify(session, number)]


def tampers(store: Database, *statements: str) -> list[str]:
    with store.engine.begin() as connection:
        for statement in statements:
            assert connection.execute(sa.text(statement)).rowcount
    return findings(store)


def last(store: Database) -> int:
    """Return the number of the entry that was added last; PostgreSQL skips numbers."""
    with store.reading() as session:
        entry = timeline.last_of(session, 1, ("joined",))
    assert entry is not None
    return entry.number


def test_nothing_is_found_without_tampering(store: Database) -> None:
    assert findings(store) == []


def test_a_changed_entry_is_named(store: Database) -> None:
    report = tampers(store, "UPDATE timeline_entries SET actor_id = 'U9' WHERE kind = 'joined'")

    assert report == [f"Incident 1: entry {last(store)} was changed; the log says otherwise."]


def test_a_time_moved_by_a_second_is_named(store: Database) -> None:
    report = tampers(store, "UPDATE timeline_entries SET at = '2026-03-29 01:00:00.000000' WHERE kind = 'message'")

    assert report == ["Incident 1: entry 2 was changed; the log says otherwise."]


def test_a_deleted_entry_is_named_with_or_without_its_record(store: Database) -> None:
    number = last(store)
    without_entry = tampers(store, "DELETE FROM timeline_entries WHERE kind = 'joined'")
    assert without_entry == [f"Incident 1: entry {number} was taken out of the timeline."]

    both = tampers(store, f"DELETE FROM timeline_log WHERE entry_id = {number}")
    assert both == ["Incident 1: the last 1 records of its log were taken out."]


def test_an_inserted_entry_is_named(store: Database) -> None:
    columns = "id, incident_id, at, kind, actor_id, facts, is_marked, is_shown"
    copied = "99, incident_id, at, 'closed', 'U9', facts, is_marked, is_shown"
    report = tampers(
        store, f"INSERT INTO timeline_entries ({columns}) SELECT {copied} FROM timeline_entries WHERE id = 1"
    )

    assert report == ["Incident 1: entry 99 was put in; the log knows nothing of it."]


def test_a_changed_record_is_named_even_if_the_entry_is_changed_with_it(store: Database) -> None:
    report = tampers(store, "UPDATE timeline_log SET change = replace(change, 'U3', 'U9') WHERE position = 4")
    assert report == [f"Incident 1: record 4 of its log, about entry {last(store)}, was changed."]

    report = tampers(store, "UPDATE timeline_log SET state = replace(state, 'first', 'fIrst') WHERE position = 2")
    assert "Incident 1: what record 2 of its log kept of entry 2 was changed." in report


def test_a_record_deleted_from_the_middle_is_reported_as_missing(store: Database) -> None:
    report = tampers(store, "DELETE FROM timeline_log WHERE incident_id = 1 AND position = 2")

    assert report == ["Incident 1: record 2 of its log was taken out, before entry 2."]


def test_several_records_deleted_from_the_middle_are_reported_as_missing(store: Database) -> None:
    report = tampers(store, "DELETE FROM timeline_log WHERE incident_id = 1 AND position IN (2, 3)")

    assert report[0] == f"Incident 1: record 2 and more of its log was taken out, before entry {last(store)}."


def test_a_record_turned_to_another_entry_is_named(store: Database) -> None:
    number = last(store)
    report = tampers(store, "UPDATE timeline_log SET entry_id = 1 WHERE incident_id = 1 AND position = 4")

    assert report == [f"Incident 1: record 4 of its log was turned from entry {number} to 1."]


def test_a_log_whose_end_was_written_anew_does_not_carry_the_hash_that_was_set(store: Database) -> None:
    end_is_another = ["Incident 1: the end of its log does not carry the hash that was set."]
    with store.transaction() as session:
        newest = session.exec(
            select(log.LogRecord).where(log.LogRecord.incident_id == 1, log.LogRecord.position == 4)
        ).one()
        newest.change = newest.change.replace("{", '{"forged":1,', 1)
        newest.hash = chain_hash(newest.previous_hash, digest(newest.change))
    assert findings(store) == end_is_another

    assert tampers(store, "DELETE FROM timeline_chains WHERE incident_id = 1") == end_is_another


def test_erased_text_leaves_the_log_too_and_the_seals_hold(store: Database) -> None:
    with store.transaction() as session:
        recording.record_message(
            session, 1, ObservedMessage(TS, deleted_ts="1774746009.000000", is_live=True), FORGETS
        )

    with store.reading() as session:
        states = session.exec(select(log.LogRecord.state)).all()
    assert "second" not in str(states)
    assert findings(store) == []
    emptied = tampers(store, "UPDATE timeline_log SET state = NULL WHERE position = 4 AND incident_id = 1")
    assert emptied == [f"Incident 1: what record 4 of its log kept of entry {last(store)} was taken out."]


def test_a_rolled_back_change_leaves_no_record(store: Database) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction() as session:
        timeline.append(session, 1, "closed", NOW, "U1")
        session.flush()
        raise ZeroDivisionError

    assert findings(store) == []


def test_a_change_costs_two_more_statements(store: Database) -> None:
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    with store.transaction() as session:
        timeline.append(session, 1, "closed", NOW, "U1")

    assert [words.split()[0] for words in statements if "BEGIN" not in words] == ["INSERT", "INSERT", "INSERT"]


def test_every_change_of_a_large_transaction_is_in_the_chain(store: Database) -> None:
    with store.transaction() as session:
        for number in range(45):
            timeline.append(session, 1, "note", NOW, "U1", text=str(number))

    assert findings(store) == []


def test_marks_are_in_the_chain_like_other_changes(store: Database) -> None:
    with store.transaction() as session:
        mark = Mark("pushpin", "U3", "1774746010.000000", is_on=True)
        assert recording.record_message(
            session, 1, ObservedMessage(TS, is_live=True, marks=(mark,)), MessagePolicy()
        )

    assert findings(store) == []
    assert tampers(store, "UPDATE timeline_entries SET is_marked = false WHERE id = 2") != []


def test_deliveries_in_any_order_leave_the_same_rows_and_intact_seals(store: Database) -> None:
    def deliveries(number: int) -> list[ObservedMessage]:
        ts = f"1774750000.{number:06d}"
        edit = Version("1774750009.000000", "second", "1774750008.5")
        mark = Mark("pushpin", "U3", "1774750010.000000", is_on=True)
        return [
            ObservedMessage(ts, "U2", is_live=True, versions=(Version(ts, "first", ts),)),
            ObservedMessage(ts, "U2", is_live=True, versions=(Version(ts, "first"), edit)),
            ObservedMessage(ts, is_live=True, marks=(mark,)),
            ObservedMessage(ts, is_live=True, deleted_ts="1774750020.000000"),
        ]

    rows = []
    for number, order in enumerate(permutations(range(4)), 1):
        for index in (*order, order[0]):
            with store.transaction() as session:
                recording.record_message(session, 2, deliveries(number)[index], MessagePolicy())
        with store.reading() as session:
            entry = timeline.by_source(session, 2, f"message:1774750000.{number:06d}")
        assert entry is not None
        rows.append((entry.facts, entry.is_marked, entry.is_shown, entry.actor_id))
    assert all(row == rows[0] for row in rows)
    assert findings(store) == []
