"""One person's many requests hold others up by one request at most."""

from functools import partial
from threading import Event

from bot.runtime.clock import monotonic_s
from bot.runtime.fair_threads import AT_ONCE, TURN_WAIT_S, FairThreads
from bot.runtime.waiting import wait_until


def hold(is_free: Event) -> None:
    assert is_free.wait(10)


def test_people_take_turns_and_each_ones_requests_stay_in_order() -> None:
    threads, is_free, done = FairThreads(1, "test"), Event(), list[str]()
    threads.submit("ana", partial(hold, is_free))
    for number in range(100):
        threads.submit("ana", partial(done.append, f"ana {number}"))
    for number in range(2):
        threads.submit("ben", partial(done.append, f"ben {number}"))
    is_free.set()
    threads.shutdown()

    assert done[:5] == ["ana 0", "ben 0", "ana 1", "ben 1", "ana 2"]
    assert done[5:] == [f"ana {number}" for number in range(3, 100)]


def test_a_few_requests_run_at_a_time_and_none_waits_behind_them_for_long() -> None:
    threads, is_free, at_work = FairThreads(3 * AT_ONCE, "test"), Event(), list[str]()

    def work(name: str) -> None:
        at_work.append(name)
        hold(is_free)

    began_s = monotonic_s()
    for number in range(2 * AT_ONCE):
        threads.submit(f"person {number}", partial(work, f"{number}"))
    assert wait_until(lambda: len(at_work) == 2 * AT_ONCE, 10), "a request that waits for Slack holds up no other"
    assert monotonic_s() - began_s >= TURN_WAIT_S, "in a crowd they would all have run at once"
    is_free.set()
    threads.shutdown()
