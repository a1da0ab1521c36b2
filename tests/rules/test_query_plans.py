"""Queries that run all the time read a few rows by an index, however much has happened since the start."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot import outbox
from bot.bootstrap import build_registry
from bot.cases import balancing
from bot.cases.open_cases import OpenCases
from bot.outbox import batches, kinds, queries
from bot.runtime.database import Database
from bot.updates.facts import incidents_without_update
from tests import prepared
from tests.rules.test_update_templates import services

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
# A row for each team.
SMALL_TABLES = {"case_boards"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite database."""
    store = Database(prepared.database(tmp_path))
    yield store
    store.close()


def plan(connection: sa.Connection, statement: str, parameters: tuple[object, ...] = ()) -> list[str]:
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_what_is_due_next_is_found_by_an_index(store: Database) -> None:
    for tick in build_registry().ticks:
        if tick.due is not None:
            statement = str(tick.due.compile(store.engine, compile_kwargs={"literal_binds": True}))
            with store.engine.connect() as connection:
                steps = plan(connection, statement)
            reads = [step for step in steps if step.startswith(("SEARCH", "SCAN"))]
            slow = [each for each in reads if " USING " not in each and each.split()[1] not in SMALL_TABLES]
            assert not slow, (tick.name, steps)
            assert "TEMP B-TREE" not in str(steps), tick.name


@contextmanager
def executed_on(store: Database) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """Note the statements with their parameters."""
    executed: list[tuple[str, tuple[object, ...]]] = []

    def note(connection: sa.Connection, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        executed.append((statement, tuple(parameters)))

    sa.event.listen(store.engine, "before_cursor_execute", note)
    yield executed
    sa.event.remove(store.engine, "before_cursor_execute", note)


def test_cases_of_the_last_weeks_are_read_before_the_database_is_locked(store: Database) -> None:
    floor_services = services()
    parts = {**floor_services.parts, OpenCases: OpenCases(floor_services.floor.cases)}
    with executed_on(store) as executed:
        balancing.watch(replace(floor_services, database=store, parts=parts), NOW)

    statements = [statement for statement, _ in executed]
    locked_at = statements.index("BEGIN IMMEDIATE")
    assert any("FROM cases" in statement for statement in statements[:locked_at])
    assert not any("FROM cases" in statement for statement in statements[locked_at:])


def test_messages_without_an_incident_are_not_looked_for_among_all_of_them(store: Database) -> None:
    with executed_on(store) as executed, store.transaction() as session:
        outbox.edit_about(session, kinds.OPEN_TIME, "1", NOW)
        outbox.edit_named(session, None, kinds.CONTACT, "contact", NOW)
        queries.named(session, None, kinds.CONTACT, "contact")
        batches.post_to_person(session, "a key", "UANA", "the text", NOW)

    with store.engine.connect() as connection:
        steps = [
            step
            for statement, parameters in executed
            if statement.startswith(("SELECT", "UPDATE"))
            for step in plan(connection, statement, parameters)
        ]
    read_by = {step.partition(" INDEX ")[2] for step in steps if " INDEX " in step}
    assert read_by == {
        "ix_outbox_of_none (incident_id=? AND kind=?)",
        "ix_outbox_of_none (incident_id=? AND kind=? AND subject=?)",
        "ix_outbox_batch_group (batch_group=?)",  # the last of its times
        "ix_outbox_batch_group (batch_group=? AND attempted_at=?)",
    }
    assert "SCAN outbox" not in str(steps)


def test_the_check_for_promised_updates_reads_no_update_that_was_sent(store: Database) -> None:
    with executed_on(store) as executed, store.reading() as session:
        incidents_without_update(session, services(), NOW)

    with store.engine.connect() as connection:
        steps = [
            step
            for statement, parameters in executed
            if statement.startswith("SELECT")
            for step in plan(connection, statement, parameters)
        ]
    assert [step for step in steps if step.startswith(("SCAN", "SEARCH"))] == [
        "SCAN promises USING INDEX ix_promises_unconcluded",
        "SCAN update_pauses USING INDEX ux_update_pauses_open",
    ]
