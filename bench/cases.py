"""Cases: a board of 20,000, a change to one, and a new case compared with 10,000 others."""

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import col, select

from bench.figures import Figure
from bot.bootstrap import build_registry
from bot.cases import storing, views
from bot.cases.capacity import ranking
from bot.cases.open_cases import OpenCases
from bot.cases.rows import CaseRow
from bot.cases.rules.board import Wanted, board
from bot.cases.rules.bursts import Scanner, Sighting
from bot.cases.tables import Case
from bot.config.floor.cases import Cases, Team
from bot.runtime import migrations
from bot.runtime.database import Database
from bot.services import Services
from bot.shifts.tables import Shift
from bot.slack.phrases import Translator
from tests.rules.test_update_templates import services

OPEN, WINDOW = 20_000, 10_000
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
# Half of the teams consist of the people on shift in the roster.
SETTINGS = Cases(
    teams={f"Team {place}": Team(engineers=5) if place % 2 else Team(role=f"role {place}") for place in range(20)}
)
ROSTERED = 200
RUNS = 5


def measure(folder: Path) -> Sequence[Figure]:
    """Measure all figures about cases."""
    build_registry()
    database = Database(f"sqlite:///{folder / 'cases.sqlite'}")
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        storing.upsert(session, SETTINGS, "bench", [_row(0)], NOW)
        # Copies of the first case, which skip the time of an import.
        made = session.exec(select(Case)).one().model_dump(exclude={"id"})
        rows = [made | _facts(number) for number in range(1, OPEN)]
        session.connection().execute(sa.insert(Case), rows)
        session.add_all(_on_shift(number) for number in range(ROSTERED))
    return [
        Figure("board of 20,000 open cases, nothing remembered", [_board_s(_floor(database))], "s", 1),
        Figure("a change of one of them, kept and on the board", _change_ms(database), "ms", 50),
        Figure(
            "the same in the minute after all of them were imported", _change_ms(database, imported=True), "ms", 50
        ),
        Figure("a new case compared with 10,000", _compared_ms(), "ms", 100),
    ]


def _row(number: int, title: str = "Invoice is wrong") -> CaseRow:
    facts = _facts(number)
    return CaseRow(
        external_id=str(facts["external_id"]),
        opened_at=NOW,
        updated_at=NOW,
        title=title,
        customer=str(facts["customer"]),
        priority=str(facts["priority"]),
        team=str(facts["team"]),
        owner=str(facts["owner"]),
        state="New",
    )


def _facts(number: int) -> dict[str, object]:
    return {
        "external_id": f"C{number}",
        "name": f"C{number}",
        "customer": f"Customer {number % 700}",
        "priority": f"P{1 + number % 5}",
        "team": f"Team {number % 20}",
        "owner": "ann" if number % 3 else "",
        "due_at": NOW + timedelta(minutes=number % 4_000),
    }


def _on_shift(number: int) -> Shift:
    return Shift(
        source="bench",
        external_id=str(number),
        person=f"person {number}",
        role=f"role {number % 20}",
        starts_at=NOW - timedelta(hours=4),
        ends_at=NOW + timedelta(hours=4),
        changed_at=NOW,
    )


def _floor(database: Database) -> Services:
    floor = services(cases=SETTINGS)
    return replace(floor, database=database, parts={**floor.parts, OpenCases: OpenCases(SETTINGS)})


def _board_s(floor: Services) -> float:
    began = time.perf_counter()
    with floor.database.reading() as session:
        entries = ranking(session, floor, NOW)
    views.board_screen(board(entries, Wanted(), NOW, views.PER_PAGE), Translator(), NOW)
    assert len(entries) == OPEN
    return time.perf_counter() - began


def _change_ms(database: Database, *, imported: bool = False) -> list[float]:
    floor, runs, begin = _floor(database), list[float](), NOW + timedelta(hours=2 if imported else 1)
    if imported:
        with database.transaction() as session:
            # In batches of fifty, like an import.
            for batch in range(OPEN // 50):
                theirs = sa.update(Case).where(col(Case.id).between(batch * 50 + 1, batch * 50 + 50))
                session.connection().execute(theirs.values(touched_at=begin - timedelta(milliseconds=batch)))
    _board_s(floor)
    for run in range(RUNS):
        now = begin + timedelta(seconds=run + 1)
        began = time.perf_counter()
        with database.transaction() as session:
            storing.upsert(session, SETTINGS, "bench", [_row(run, f"Changed {run}")], now)
        _board_s(floor)
        runs.append((time.perf_counter() - began) * 1000)
    return runs


def _compared_ms() -> list[float]:
    dice = random.Random(1)
    letters = "abcdefghijklmnoprstuvy"
    words = ["".join(dice.choices(letters, k=dice.randint(4, 9))) for _ in range(3_000)]
    weights = [1 / (place + 5) for place in range(len(words))]
    scanner = Scanner()

    def sighting(number: int) -> Sighting:
        title, text = (" ".join(dice.choices(words, weights, k=count)) for count in (6, 20))
        return Sighting(number, number * 6.0, f"c{number}", {"category": f"k{dice.randint(0, 30)}"}, title, text)

    for number in range(WINDOW):
        scanner.add(sighting(number))
    runs = []
    for number in range(WINDOW, WINDOW + 20):
        new = sighting(number)
        began = time.perf_counter()
        scanner.see(new)
        runs.append((time.perf_counter() - began) * 1000)
    return runs
