"""The import of a roster: whatever interrupts it, all of it counts or nothing, and clicks do not wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import col, select

from bot import directory
from bot.config.floor import Shifts
from bot.directory.rules import PersonFacts
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.services import Services
from bot.shifts import importing, staged_shifts, tables
from bot.shifts.comparing import Result, compare
from bot.shifts.importing import Reading
from bot.shifts.reading.rows import ReadShift
from bot.shifts.staged_shifts import Overtaken, StagedShift
from bot.shifts.tables import RosterState, Shift
from tests.rules.playbook_builders import NOON, database
from tests.rules.test_query_plans import executed_on
from tests.rules.test_update_templates import services

# So few that a roster of a dozen shifts is staged.
AT_ONCE = 3
DAY = timedelta(days=1)


class Killed(Exception):
    """The process ends here."""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Services]:
    floor = floor_with(database(tmp_path))
    yield floor
    floor.database.close()


def floor_with(store: Database) -> Services:
    floor = replace(services(shifts=Shifts(roles={"gqm": "Global queue manager"})), database=store)
    with store.transaction() as session:
        directory.save_people(session, [PersonFacts(each, each) for each in ("UANA", "UBEN")])
    return floor


def row(number: int, person: str = "UANA", hours: int = 8) -> ReadShift:
    starts_at = NOON + number * DAY
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}
    return ReadShift(external_id=str(number), person=person, role="gqm", region="", site="", zone="UTC", **times)


FIRST = [row(number) for number in range(1, 11)]
# Three are gone, one is longer, one is Ben's, five are new.
SECOND = [*FIRST[3:8], row(9, hours=9), row(10, person="UBEN"), *(row(number) for number in range(11, 16))]


def bring(floor: Services, rows: list[ReadShift], at: datetime) -> Result:
    reading = Reading("emea", rows, "", at, content_hash=f"{len(rows)} {at}")
    return importing.import_roster(floor, reading, lambda session, result: None, at_once=AT_ONCE)


def counting(floor: Services) -> list[tuple[Any, ...]]:
    """The shifts that count."""
    facts = (Shift.external_id, Shift.person, Shift.starts_at, Shift.ends_at)
    with floor.database.reading() as session:
        return sorted(tuple(each) for each in session.exec(sa.select(*facts)))  # type: ignore[call-overload]  # exec types no mixed columns


def texts(floor: Services) -> list[str]:
    with floor.database.reading() as session:
        rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id)))
        return [f"{row.channel_id}: {(row.payload or {})['text']}" for row in rows]


def as_read(rows: list[ReadShift]) -> list[tuple[Any, ...]]:
    return sorted((each.external_id, each.person, each.starts_at, each.ends_at) for each in rows)


@contextmanager
def killed_at(store: Database, number: int) -> Iterator[None]:
    """End the process at the statement of this number; what is not committed is lost."""
    count = 0

    def kill(*_: object) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed()

    sa.event.listen(store.engine, "before_cursor_execute", kill)
    try:
        yield
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", kill)


def test_an_import_killed_at_any_statement_has_changed_nothing_and_is_repeated_once(floor: Services) -> None:
    bring(floor, FIRST, NOON)
    assert (counting(floor), texts(floor)) == (as_read(FIRST), [])
    kills = 0
    for number in range(1, 100):
        try:
            with killed_at(floor.database, number):
                result = bring(floor, SECOND, NOON + timedelta(minutes=number))
        except Killed:
            assert (counting(floor), texts(floor)) == (as_read(FIRST), [])
            kills += 1
            continue
        break

    assert kills > 10
    assert (result.added, result.changed, result.removed) == (5, 2, 3)
    assert counting(floor) == as_read(SECOND)
    for_ana, for_ben = texts(floor)
    assert for_ana.startswith("UANA: ")
    assert for_ben.count("New: ") == 1
    again = bring(floor, SECOND, NOON + timedelta(hours=2))
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    assert len(texts(floor)) == 2
    bring(floor, FIRST, NOON + timedelta(hours=3))
    with floor.database.reading() as session:
        assert not session.exec(select(StagedShift)).all(), "nothing is left behind"


def test_however_long_a_roster_is_its_clocks_are_locked_for_a_few_statements(floor: Services) -> None:
    with executed_on(floor.database) as executed:
        bring(floor, [row(number) for number in range(1, 60)], NOON)
        statements = [statement for statement, _ in executed]
        locked_at = next(index for index, each in enumerate(statements) if "shift_clocks" in each)
        assert len(statements) - locked_at < 15
        assert all(len(parameters) < 30 for _, parameters in executed[locked_at:]), "none writes row by row"
        executed.clear()
        bring(floor, [row(number) for number in range(1, 60)], NOON + DAY)

    statements = [statement for statement, _ in executed]
    assert not any("shift_clocks" in each for each in statements), (
        "nothing was changed, so nothing is checked again"
    )
    in_transaction = statements[statements.index("BEGIN IMMEDIATE") :]
    assert not any("FROM shifts" in each for each in in_transaction)


def swap(floor: Services) -> None:
    with floor.database.transaction() as session:
        shift = session.exec(select(Shift).where(Shift.external_id == "10")).one()
        shift.rostered, shift.person, shift.user_id = shift.person, "UBEN", "UBEN"
        shift.changed_at = NOON + timedelta(minutes=1)
        session.add(shift)


@pytest.mark.parametrize("is_file", [True, False], ids=["SQLite", "PostgreSQL"])
def test_a_shift_that_is_swapped_while_its_roster_is_compared_is_compared_again(
    floor: Services, is_file: bool, request: pytest.FixtureRequest
) -> None:
    if not is_file:
        floor = floor_with(Database(request.getfixturevalue("prepared_postgres_url")))
    bring(floor, FIRST, NOON)
    longer = [*FIRST[:9], row(10, hours=9)]
    with floor.database.reading() as session:
        known = tables.known_shifts(session, "emea", [], NOON)
    difference = compare(known, {each.external_id: each for each in longer}, {}, NOON).differences
    swap(floor)
    with pytest.raises(Overtaken), floor.database.transaction() as session:
        staged_shifts.stage(session, "a key", difference, NOON)
        staged_shifts.apply(session, "emea", "a key", difference, NOON)

    bring(floor, longer, NOON + timedelta(minutes=2))
    bring(floor, SECOND[2:], NOON + timedelta(minutes=3))
    assert [each[1] for each in counting(floor) if each[0] == "10"] == ["UBEN"], "a swap stands"
    assert counting(floor) == as_read(SECOND[2:])
    with floor.database.reading() as session:
        state = session.get_one(RosterState, "emea")
    assert state.shifts == len(SECOND) - 2
    if not is_file:
        floor.database.close()


def test_a_roster_with_other_identifiers_tells_nobody_and_keeps_the_swaps(floor: Services) -> None:
    bring(floor, FIRST, NOON)
    swap(floor)
    renamed = [replace(each, external_id=f"new {each.external_id}") for each in FIRST]

    result = bring(floor, [*renamed[:8], row(9, hours=9), renamed[9]], NOON + timedelta(minutes=5))

    assert (result.added, result.changed, result.removed) == (0, 1, 0)
    assert [text.partition(":")[0] for text in texts(floor)] == ["UANA"], "only the shift that is longer is news"
    with floor.database.reading() as session:
        swapped = session.exec(select(Shift).where(col(Shift.rostered) != "")).one()
        assert (swapped.user_id, swapped.external_id) == ("UBEN", "new 10")
