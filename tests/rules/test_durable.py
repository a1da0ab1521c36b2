"""Every started flow is finished, once."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest
import sqlalchemy as sa
from dbos._queue import Queue
from pydantic import BaseModel

from bot.errors import TryLater
from bot.runtime.database import ChangeUnknown, DatabaseBusy, noting_commits
from bot.runtime.waiting import wait_until
from bot.runtime.workflows import FLOWS_AT_ONCE, Backoff, Flows, engine, flow, records, step

CROWD = 8
# As many flows of both kinds as may run at once, and a few that wait.
MOST_THREADS = 24
# However busy the machine is.
PATIENCE_S = 30
MOST_FAILURES = 2
# As seldom as the engine usually looks for flows that come back, most of the time would be spent waiting for it.
RETRY_POLL_S = 0.05


class Order(BaseModel):
    """The input of a flow."""

    item: str


@dataclass
class Shop:
    """A record of the work done, with failures to inject."""

    done: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    is_open: Event = field(default_factory=Event)
    begun: list[str] = field(default_factory=list)


@flow
def fulfil(shop: Shop, order: Order) -> None:
    """Two steps; the second may fail."""
    serve(shop, prepare(shop, order.item))


@step
def prepare(shop: Shop, item: str) -> str:
    """Do the first step and return an item to go on with."""
    shop.begun.append(item)
    assert shop.is_open.wait(PATIENCE_S)
    shop.done.append(f"prepared {item}")
    return item.upper()


@step
def serve(shop: Shop, item: str) -> None:
    """Do the second step."""
    if shop.failures:
        raise shop.failures.pop()
    shop.done.append(f"served {item}")


@pytest.fixture
def shop() -> Shop:
    """A shop where nothing is done yet."""
    shop = Shop()
    shop.is_open.set()
    return shop


@pytest.fixture
def flows(tmp_path: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flows]:
    """An engine with a short backoff."""
    monkeypatch.setitem(Queue.__init__.__kwdefaults__ or {}, "polling_interval_sec", RETRY_POLL_S)
    flows = Flows(
        f"sqlite:///{tmp_path}/flows.sqlite",
        backoff=Backoff(0.05, 0.1),
        most_failures=MOST_FAILURES,
        retry_poll_s=RETRY_POLL_S,
    )
    flows.launch(shop)
    yield flows
    flows.close()


def test_each_step_goes_on_with_the_result_of_the_one_before(flows: Flows, shop: Shop) -> None:
    flows.start_once("dinner", fulfil, Order(item="soup"))

    assert wait_until(flows.is_idle, PATIENCE_S)
    assert shop.done == ["prepared soup", "served SOUP"]


def test_a_key_that_many_threads_start_at_once_runs_once(flows: Flows, shop: Shop) -> None:
    together = Barrier(CROWD)

    def start(_: int) -> None:
        together.wait()
        flows.start_once("dinner", fulfil, Order(item="soup"))

    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(start, range(CROWD)))

    assert wait_until(flows.is_idle, PATIENCE_S)
    assert shop.done == ["prepared soup", "served SOUP"]


def test_many_flows_wait_without_a_thread_each_and_all_are_finished(flows: Flows, shop: Shop) -> None:
    shop.is_open.clear()
    threads = threading.active_count()
    for number in range(5 * CROWD):
        flows.start_once(f"dinner {number}", fulfil, Order(item="soup"))
    assert wait_until(lambda: len(shop.begun) == FLOWS_AT_ONCE, PATIENCE_S)
    more_threads = threading.active_count() - threads

    shop.is_open.set()

    assert wait_until(flows.is_idle, PATIENCE_S)
    assert shop.done.count("served SOUP") == 5 * CROWD
    assert more_threads <= MOST_THREADS


def test_a_key_that_was_finished_is_not_started_again(flows: Flows, shop: Shop) -> None:
    flows.start_once("dinner", fulfil, Order(item="soup"))
    assert wait_until(flows.is_idle, PATIENCE_S)

    flows.start_once("dinner", fulfil, Order(item="soup"))

    assert wait_until(flows.is_idle, PATIENCE_S)
    assert shop.done.count("served SOUP") == 1


@pytest.mark.parametrize("failure", [TryLater("Slack asks to wait", wait_s=0), ValueError("broken")])
def test_a_flow_that_fails_comes_back(flows: Flows, shop: Shop, failure: Exception) -> None:
    shop.failures.append(failure)

    flows.start_once("dinner", fulfil, Order(item="soup"))

    assert wait_until(lambda: "served SOUP" in shop.done, PATIENCE_S)
    assert wait_until(flows.is_idle, PATIENCE_S)
    assert shop.done.count("served SOUP") == 1


def test_a_flow_may_wait_any_number_of_times_and_survives_one_failure_after_that(flows: Flows, shop: Shop) -> None:
    waits = [TryLater("Slack asks to wait", wait_s=0), DatabaseBusy()] * MOST_FAILURES
    shop.failures += [ValueError("broken"), *waits]

    flows.start_once("dinner", fulfil, Order(item="soup"))

    assert wait_until(lambda: "served SOUP" in shop.done, PATIENCE_S)
    assert flows.given_up() == []


def test_a_flow_that_fails_too_often_is_given_up_and_kept_until_somebody_starts_it_again_or_drops_it(
    flows: Flows, shop: Shop, tmp_path: Path
) -> None:
    shop.failures += [ValueError("broken")] * MOST_FAILURES * 2
    for key in ("dinner", "lunch"):
        flows.start_once(key, fulfil, Order(item="soup"))
        assert wait_until(lambda: key in flows.given_up(), PATIENCE_S)  # noqa: B023 - evaluated within the loop

    flows.delete_finished(timedelta())
    assert flows.given_up() == ["dinner", "lunch"]
    with records.client_of(f"sqlite:///{tmp_path}/flows.sqlite") as client:
        records.start_again(client, "dinner")
        records.drop(client, "lunch")
        with pytest.raises(records.NoSuchFlow, match="lunch"):
            records.drop(client, "lunch")

    assert wait_until(lambda: shop.done.count("served SOUP") == 1, PATIENCE_S)
    assert flows.given_up() == []


def test_the_wait_before_another_attempt_doubles_up_to_a_longest() -> None:
    backoff = Backoff(first_s=1, longest_s=60)

    assert [backoff.before(attempt) for attempt in (1, 2, 3, 6, 7, 100)] == [1, 2, 4, 32, 60, 60]


def test_records_of_finished_flows_are_deleted_and_those_of_waiting_flows_are_not(
    flows: Flows, shop: Shop, tmp_path: Path
) -> None:
    for number in range(3):
        flows.start_once(f"order:{number}", fulfil, Order(item="soup"))
    assert wait_until(flows.is_idle, PATIENCE_S)
    shop.failures.append(TryLater("the stove is cold", wait_s=60))
    flows.start_once("late", fulfil, Order(item="stew"))
    assert wait_until(lambda: not shop.failures and not flows.replicas_with_flows(), PATIENCE_S)

    assert flows.delete_finished(timedelta(hours=1)) == 0
    assert flows.delete_finished(timedelta()) == 3
    assert flows.stuck(for_s=-1) == ["late"]


def test_nothing_is_started_after_the_end_and_callers_are_told_to_try_later(flows: Flows) -> None:
    flows.close()

    with pytest.raises(TryLater, match="ending"):
        flows.start_once("dinner", fulfil, Order(item="soup"))


def test_running_flows_are_finished_at_the_end_and_the_rest_is_left_for_the_next_start(
    tmp_path: Path, shop: Shop
) -> None:
    shop.is_open.clear()
    first = Flows(f"sqlite:///{tmp_path}/flows.sqlite")
    first.launch(shop)
    for number in range(3 * FLOWS_AT_ONCE):
        first.start_once(f"dinner {number}", fulfil, Order(item=str(number)))

    assert wait_until(lambda: len(shop.begun) == FLOWS_AT_ONCE, PATIENCE_S)
    with ThreadPoolExecutor(1) as other:
        closed = other.submit(first.close, PATIENCE_S)
        assert wait_until(lambda: first.is_closing, PATIENCE_S)
        shop.is_open.set()
        closed.result(PATIENCE_S)

    assert len(shop.done) == 2 * FLOWS_AT_ONCE, "two steps of each flow that had begun"
    second = Flows(f"sqlite:///{tmp_path}/flows.sqlite")
    second.launch(shop)
    assert wait_until(second.is_idle, PATIENCE_S)
    second.close()
    assert sorted(shop.done) == sorted(
        f"{deed} {number}" for number in range(3 * FLOWS_AT_ONCE) for deed in ("prepared", "served")
    )


@flow
def be_left_behind(shop: Shop, order: Order) -> None:
    """End the thread silently, once, as when the engine's database refuses a write."""
    if not shop.begun:
        shop.begun.append(order.item)
        raise engine.NotStarted
    shop.done.append(order.item)


def test_a_flow_without_a_thread_is_adopted_by_the_living_process(flows: Flows, shop: Shop) -> None:
    flows.start_once("dinner", be_left_behind, Order(item="soup"))
    assert wait_until(lambda: bool(shop.begun), PATIENCE_S)
    assert not flows.is_idle()

    for _ in range(2):
        flows.adopt()

    assert wait_until(flows.is_idle, PATIENCE_S)
    assert shop.done == ["soup"]


@pytest.fixture
def full_disk() -> Iterator[Callable[[bool], None]]:
    """Make SQLite take no further page of any file in this process, as on a full disk, or take pages again."""
    limited: list[sqlite3.Connection] = []
    is_full = False

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        if is_full:
            connection.execute("PRAGMA max_page_count=1")
            limited.append(connection)

    def fill(full: bool) -> None:
        nonlocal is_full
        is_full = full
        while limited and not full:
            limited.pop().execute("PRAGMA max_page_count=1000000")

    sa.event.listen(sa.Pool, "checkout", limit)
    yield fill
    sa.event.remove(sa.Pool, "checkout", limit)


def test_a_flow_that_cannot_even_be_postponed_on_a_full_disk_is_not_given_up(
    flows: Flows, shop: Shop, full_disk: Callable[[bool], None]
) -> None:
    shop.failures.append(TryLater("the oven is cold"))
    shop.is_open.clear()
    large_order = Order(item="soup " * 20_000)
    flows.start_once("dinner", fulfil, large_order)
    assert wait_until(lambda: bool(shop.begun), PATIENCE_S)
    full_disk(True)
    shop.is_open.set()
    assert wait_until(lambda: not flows.is_running, PATIENCE_S)

    with noting_commits(), pytest.raises(ChangeUnknown):
        flows.start_once("supper", fulfil, large_order)
    full_disk(False)
    for _ in range(2):
        flows.adopt()

    assert wait_until(flows.is_idle, PATIENCE_S)
    assert flows.given_up() == []
    assert shop.done[-1] == f"served {large_order.item.upper()}"


def test_a_running_flow_is_not_adopted(flows: Flows, shop: Shop) -> None:
    shop.is_open.clear()
    flows.start_once("dinner", fulfil, Order(item="soup"))
    assert wait_until(lambda: bool(shop.begun), PATIENCE_S)

    for _ in range(3):
        flows.adopt()
    shop.is_open.set()

    assert wait_until(flows.is_idle, PATIENCE_S)
    assert shop.begun == ["soup"]


def test_a_waiting_person_is_told_in_time_that_the_outcome_is_unknown(
    flows: Flows, shop: Shop, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "flows.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        with noting_commits(), pytest.raises(ChangeUnknown, match="I do not know whether that was done"):
            flows.start_once("dinner", fulfil, Order(item="soup"))
        assert time.monotonic() - started < 3

    # It is done nevertheless, once the database takes the write.
    assert wait_until(lambda: shop.done == ["prepared soup", "served SOUP"], 3 * PATIENCE_S)
