"""The clock's second: one statement finds the ticks that have something to do, and only those run."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from bot.incidents import ticks
from bot.incidents.registry import Registry, Tick
from bot.runtime.database import Database, UtcDateTime

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DUE = sa.table("due", sa.column("name", sa.String), sa.column("at", UtcDateTime()))


class Clock:
    """Two nouns with due times in a database, the first before the second."""

    def __init__(self, folder: Path) -> None:
        self.database, self.ran = Database(f"sqlite:///{folder}/a.sqlite"), list[str]()
        self.registry = Registry(ticks=[self._tick("first"), self._tick("second")])
        self.services: Any = SimpleNamespace(database=self.database, get=lambda kind: self.registry)
        with self.database.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE due (name TEXT, at TEXT)")

    def _tick(self, name: str) -> Tick:
        due = sa.select(DUE.c.at).where(DUE.c.name == name).order_by(DUE.c.at).limit(1)
        return Tick(name, lambda services, now: self.ran.append(name), due)

    def sets(self, name: str, at: datetime) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(sa.insert(DUE), {"name": name, "at": at})


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Clock]:
    clock = Clock(tmp_path)
    yield clock
    clock.database.close()


def test_only_due_ticks_run(clock: Clock) -> None:
    clock.sets("first", NOON + timedelta(seconds=1))
    clock.sets("second", NOON)

    ticks.run_ticks(clock.services, NOON)

    assert clock.ran == ["second"]
    assert ticks.next_due(clock.services) == NOON


def test_a_tick_that_another_makes_due_runs_in_the_same_second(clock: Clock) -> None:
    clock.sets("first", NOON)
    first, second = clock.registry.ticks
    makes_second_due = Tick("first", lambda services, now: clock.sets("second", now), first.due)
    clock.registry.ticks[:] = [makes_second_due, second]

    ticks.run_ticks(clock.services, NOON)

    assert clock.ran == ["second"]


def test_a_quiet_second_costs_one_query(clock: Clock) -> None:
    statements: list[str] = []
    sa.event.listen(clock.database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    ticks.run_ticks(clock.services, NOON)

    assert len([words for words in statements if words != "BEGIN"]) == 1
    assert clock.ran == []


def test_a_tick_without_a_due_time_always_runs(clock: Clock) -> None:
    clock.registry.ticks.append(Tick("third", lambda services, now: clock.ran.append("third")))

    ticks.run_ticks(clock.services, NOON)

    assert clock.ran == ["third"]
