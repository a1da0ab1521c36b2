"""Cases of sources on the board: the deadline is the source's own, whatever floor.yaml's calendar says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.cases import storing, tables
from bot.cases.feeding import case_row
from bot.cases.rows import CaseRow
from bot.config.floor.cases import Cases
from bot.directory.tables import Person
from bot.runtime.database import Database
from bot.sources.port import Case, ServiceTarget
from tests import prepared

# Thursday, an hour before the office closes.
START = datetime(2026, 11, 26, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = {"office": {"hours": ["monday-friday 09:00-17:00"]}}


def case(*targets: ServiceTarget, state: str = "In Progress", after: timedelta = timedelta(), **facts: Any) -> Case:
    return Case("id", "INC1", "card refused", "P2", state, START, START + after, targets=targets, **facts)


def sla(hours: float, is_over: bool = False, paused_s: float = 0) -> ServiceTarget:
    due_at = START + hours * HOUR + timedelta(seconds=paused_s)
    return ServiceTarget("sla", START, due_at, paused_s=paused_s, is_over=is_over)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = Database(prepared.database(tmp_path))
    yield database
    database.close()


def stored(store: Database, *versions: Case) -> tables.Case:
    """The case as the board has it after one page for each version."""
    settings = Cases.model_validate({"targets": {"P2": "8 h"}, "schedules": OFFICE, "schedule": "office"})
    for version in versions:
        with store.transaction() as session:
            storing.upsert(session, settings, "snow", [case_row(version)], version.updated_at)
    with store.reading() as session:
        found = session.exec(select(tables.Case)).one()
        session.expunge(found)
    return found


def test_a_deadline_of_the_source_is_not_counted_in_another_calendar(store: Database) -> None:
    row = stored(store, case(sla(24)))
    assert (row.due_at, row.target_s) == (START + 24 * HOUR, 24 * 3600)


def test_a_pause_moves_the_deadline_as_the_source_says_and_once(store: Database) -> None:
    held = case(sla(4), state="On Hold", after=HOUR)
    resumed = case(sla(4, paused_s=3600), after=2 * HOUR)
    assert stored(store, case(sla(4)), held).due_at is None
    row = stored(store, resumed)
    assert (row.due_at, row.target_s) == (START + 5 * HOUR, 4 * 3600)
    # A system whose deadline does not move in a pause.
    assert stored(store, case(sla(4), after=3 * HOUR)).due_at == START + 4 * HOUR
    # Resolved while it is on hold: its time stood still.
    held_again = case(sla(4), state="On Hold", after=3.5 * HOUR)
    assert not stored(store, held_again, case(sla(4), is_open=False, state="Resolved", after=9 * HOUR)).is_breached


def test_the_running_target_that_is_due_first_counts_and_an_ended_case_is_judged_by_the_last(
    store: Database,
) -> None:
    response, resolution = sla(0.25, is_over=True), sla(4)
    assert case_row(case(sla(8), sla(1))).due_at == START + HOUR
    assert case_row(case(response, resolution)).target == 4 * HOUR
    assert case_row(case(ServiceTarget("open end", START, None))).target is None
    assert case_row(case(response)).target is None, "it is met, and nothing else is promised"
    milestone = sla(24, is_over=True)
    ended = stored(store, case(milestone, response, is_open=False, state="Closed", after=10 * HOUR))
    assert (ended.target_s, ended.is_breached, ended.due_at) == (24 * 3600, False, None)


def test_a_case_that_ended_at_its_source_ends_here_whatever_its_state_is_called(store: Database) -> None:
    row = stored(store, case(), case(is_open=False, state="Duplicate", after=HOUR))
    assert (row.is_open, row.ended_at) == (False, START + HOUR)
    assert stored(store, case(state="Working", after=2 * HOUR)).is_open


def test_a_persons_case_stays_in_its_team_if_the_source_names_teams_of_waiting_cases_only(store: Database) -> None:
    waiting = Case("id", "INC1", "card refused", "P2", "New", START, START, queue="Billing")
    assert stored(store, waiting, case(after=HOUR)).team == "Billing"


def test_the_owner_at_the_source_is_the_person_of_that_name(store: Database) -> None:
    with store.transaction() as session:
        session.add(Person(id="U0BEN", handle="ben", name="Ben Okafor"))
    stored(store, case())
    with store.transaction() as session:
        session.exec(select(tables.Case)).one().owner_id = "U0BEN"
    owned = {name: case(after=hours * HOUR, assignee=name) for hours, name in enumerate(("", "Ben Okafor", "Zoe"))}
    assert [stored(store, version).owner_id for version in owned.values()] == ["U0BEN", "U0BEN", None]


def from_files(store: Database, *states: str, later: timedelta = HOUR) -> tables.Case:
    """The case after one file an hour, none of which says when the case changed."""
    settings = Cases.model_validate({"targets": {"P2": "8 h"}})
    for position, state in enumerate(states, 1):
        row = CaseRow("INC1", START, START, priority="P2", state=state, is_dated=False)
        with store.transaction() as session:
            storing.upsert(session, settings, "file", [row], START + position * later)
    with store.reading() as session:
        found = session.exec(select(tables.Case)).one()
        session.expunge(found)
    return found


@pytest.mark.parametrize("ended", ["Closed", "Resolved", "Cancelled"])
def test_a_file_without_change_times_ends_a_case_when_it_is_imported(store: Database, ended: str) -> None:
    # The second file comes twice, as people import a file again to be sure.
    row = from_files(store, "Work in progress", ended, ended)
    assert (row.state, row.is_open, row.reopened) == (ended, False, 0)
    assert row.ended_at == START + 2 * HOUR
    row = from_files(store, "Work in progress", later=4 * HOUR)
    assert (row.is_open, row.reopened, row.ended_at) == (True, 1, None)


def test_a_case_opened_in_the_future_by_a_file_of_another_zone_still_ends(store: Database) -> None:
    row = from_files(store, "New", "Closed", "Closed", later=-HOUR)
    assert (row.is_open, row.reopened) == (False, 0)


def test_states_of_one_minute_follow_the_life_of_a_case(store: Database) -> None:
    row = stored(store, case(state="New"), case(state="Closed", is_open=False), case(state="Closed", is_open=False))
    assert (row.is_open, row.reopened) == (False, 0)
