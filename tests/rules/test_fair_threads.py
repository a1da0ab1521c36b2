"""Of one person who asks for much, others wait for one thing."""

from functools import partial
from threading import Event

from bot.runtime.fair_threads import FairThreads


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
