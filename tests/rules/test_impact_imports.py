"""Figures in the database: which are visible, which correct which, and what an interrupted import leaves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.impact import importing, interval_tables, tables
from bot.impact.importing import ImportRunning, NothingUsable, Source, import_rows
from bot.impact.reading import usable
from bot.impact.reading.rows import LeftOut, QueueName, ReadRow
from bot.impact.rules.figures import NAMES, Figures
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import merged
from bot.impact.tables import Import
from bot.runtime import migrations
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from tests import prepared

START = int(datetime(2025, 11, 27, 9, tzinfo=UTC).timestamp())
BILLING, ORDERS = QueueName("Billing", "Manila"), QueueName("Orders")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of each kind."""
    if request.param == "sqlite":
        store = Database(prepared.database(tmp_path))
    else:
        store = Database(request.getfixturevalue("postgres_url"))
    migrations.upgrade(store.engine)
    yield store
    store.close()


def row(place: int, queue: QueueName = BILLING, line: int = 0, **known: float) -> ReadRow:
    complete = Figures(**known)
    figures = tuple(getattr(complete, name) for name in NAMES)
    return ReadRow(line or place + 2, queue, START + 1800 * place, 1800, figures)


def seen(store: Database) -> list[QueueInterval]:
    with store.reading() as session:
        numbers = [queue.number for queue in tables.queues(session)]
        return list(merged(interval_tables.rows_between(session, numbers, (0, 2**40))))


def amounts(store: Database, name: str = "offered") -> list[Any]:
    return [getattr(interval.figures, name) for interval in seen(store)]


def test_an_import_counts_as_a_whole_and_twice_changes_nothing(store: Database) -> None:
    rows = [row(place, offered=place) for place in range(3_000)]
    result = import_rows(store, Source("k1", "monday.csv"), [*rows, LeftOut(9, "why"), row(0, ORDERS, offered=7)])
    assert (result.rows, result.left_out_count, result.is_known) == (3_001, 1, False)
    assert len(seen(store)) == 3_001

    again = import_rows(store, Source("k1", "monday.csv"), iter(()))
    assert (again.rows, again.is_known) == (3_001, True)
    assert len(seen(store)) == 3_001


def test_the_last_import_of_a_figure_counts_and_corrections_are_marked(store: Database) -> None:
    import_rows(store, Source("k1", "forecast.csv"), [row(0, forecast_offered=90)])
    import_rows(store, Source("k2", "nine.csv"), [row(0, offered=100, aht_s=300)])
    import_rows(store, Source("k3", "ten.csv"), [row(0, offered=104)])

    [interval] = seen(store)
    assert interval.figures == Figures(offered=104, aht_s=300, forecast_offered=90)
    assert interval.restated == ("offered",)


def test_a_queue_and_interval_named_twice_count_once_and_the_second_is_named(store: Database) -> None:
    importing_rows = [row(place, offered=1) for place in range(importing.FIRST_CHUNK + 10)]
    result = import_rows(
        store, Source("k1", "x"), [row(0, offered=5), *importing_rows, row(3, line=999, offered=2)]
    )
    assert (result.rows, result.left_out_count) == (len(importing_rows), 2)
    assert {left.line for left in result.left_out} == {2, 999}
    assert amounts(store)[0] == 5


def test_an_import_without_usable_rows_changes_nothing_and_may_be_tried_again_at_once(store: Database) -> None:
    with pytest.raises(NothingUsable, match="Line 4: it names no queue"):
        import_rows(store, Source("k1", "x"), [LeftOut(4, "it names no queue")])
    assert import_rows(store, Source("k1", "x"), [row(0, offered=5)]).rows == 1


def test_an_interrupted_import_is_invisible_and_begun_anew(store: Database) -> None:
    def cut_off() -> Iterator[ReadRow]:
        yield from (row(place, offered=1) for place in range(importing.FIRST_CHUNK * 3))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_rows(store, Source("k1", "x"), cut_off())
    assert seen(store) == []
    # The interrupted process may still run: another import waits until it has been silent for long enough.
    with pytest.raises(ImportRunning):
        import_rows(store, Source("k1", "x"), [row(0, offered=5)])
    with store.transaction() as session:
        interrupted = session.exec(select(Import)).one()
        interrupted.touched_at -= timedelta(minutes=10)
        session.add(interrupted)

    assert import_rows(store, Source("k1", "x"), [row(0, offered=5)]).rows == 1
    assert amounts(store) == [5]


def test_an_import_waits_for_a_database_that_is_busy(tmp_path: Path) -> None:
    store, other = Database(prepared.database(tmp_path)), Database(prepared.database(tmp_path))
    with other.engine.connect() as somebody:

        @sa.event.listens_for(store.engine, "handle_error")
        def _is_done(_: object) -> None:
            somebody.rollback()

        def rows() -> Iterator[ReadRow]:
            somebody.execution_options(sqlite_begin="BEGIN IMMEDIATE").exec_driver_sql("SELECT 1")
            yield row(0, offered=5)

        assert import_rows(store, Source("k1", "x"), rows()).rows == 1
    assert amounts(store) == [5]


places = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=6, unique_by=lambda each: each[0]
)


@settings(deadline=None, max_examples=15)
@given(st.lists(places, min_size=1, max_size=4), st.randoms())
def test_imports_of_different_intervals_give_the_same_figures_in_any_order(tmp_path_factory, files, dice):
    apart = [
        [row(place + 10 * number, offered=amount) for place, amount in file] for number, file in enumerate(files)
    ]
    shuffled = list(enumerate(apart))
    dice.shuffle(shuffled)
    states = []
    for order in (list(enumerate(apart)), shuffled):
        store = Database(prepared.database(tmp_path_factory.mktemp("order")))
        migrations.upgrade(store.engine)
        for number, rows in order:
            import_rows(store, Source(f"k{number}", "x"), rows)
        states.append([(each.starts_at, each.figures, each.restated) for each in seen(store)])
        store.close()
    assert states[0] == states[1]


def test_weeks_that_overlap_count_an_interval_once(store: Database) -> None:
    import_rows(store, Source("k1", "monday.csv"), [row(place, offered=10, abandoned=2) for place in range(4)])
    spans = [(START, START + 5400), (START + 1800, START + 7200), (START + 5400, START + 9000)]
    with store.reading() as session:
        queue_id = tables.queues(session)[0].number
        [sums] = interval_tables.sums_before(session, [queue_id], spans, ())
        offered = interval_tables.offered_before(session, [queue_id], spans, ())
    assert (sums[1], sums[2]) == (8, 40)
    assert len(offered) == 4


def test_contacts_of_a_time_to_come_are_left_out_and_its_plans_are_kept(store: Database) -> None:
    now = utcnow()
    to_come = row(0, offered=0, agents=0, forecast_offered=90, agents_scheduled=40)._replace(
        starts_at=int(now.timestamp()) + 1800
    )
    running = row(0, line=3, offered=7)._replace(starts_at=int(now.timestamp()) - 600)
    only_contacts = row(0, ORDERS, line=4, offered=0)._replace(starts_at=int(now.timestamp()) + 1800)

    result = import_rows(store, Source("k1", "whole-day.csv"), [to_come, running, only_contacts])

    assert [(left_out.line, left_out.reason) for left_out in result.left_out] == [(4, usable.FUTURE)]
    assert [interval.figures for interval in seen(store)] == [
        Figures(offered=7),
        Figures(forecast_offered=90, agents_scheduled=40),
    ]


def test_a_row_with_more_contacts_in_time_than_at_all_is_left_out(store: Database) -> None:
    rows = [
        row(0, answered=190, answered_in=250),
        row(1, answered=190, answered_in=190),
        row(2, abandoned=4, abandoned_in=5),
    ]
    result = import_rows(store, Source("k1", "broken.csv"), rows)
    reasons = [usable.MORE_ANSWERED_IN_TIME, usable.MORE_ABANDONED_IN_TIME]
    assert [left_out.reason for left_out in result.left_out] == reasons
    assert len(seen(store)) == 1
