"""Work that may be lost because the clock finds it again: done soon, never twice at once, never queued twice."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext

from bot.runtime.database import patiently

log = logging.getLogger(__name__)

Act = Callable[[], None]
WORKERS = 6
SIDE_BY_SIDE = 8
TURNS = 64
GIVES_WAY_S = 2.0
# More than these who wait to be acknowledged at the same time are a crowd.
CROWD = 3
GIVES_CROWD_WAY_S = 0.25


class Soon:
    """A few threads that bring Slack up to date with the database."""

    def __init__(self) -> None:
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="soon")
        # A pool of its own: work that fans out must never wait for the workers it occupies.
        self._hands = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="side-by-side")
        self._turns = [threading.Lock() for _ in range(TURNS)]
        self._lock = threading.Lock()
        self._nobody_waits = threading.Condition()
        self._beside_the_crowd = threading.Lock()
        self._waiting = 0
        self._asked_again: dict[str, bool] = {}
        self._is_closed = False

    def do(self, key: str, act: Act) -> None:
        """Do it soon. Asked again meanwhile, it is done once more afterwards, whatever the number of asks."""
        with self._lock:
            if self._is_closed:
                return
            if key in self._asked_again:
                self._asked_again[key] = True
                return
            self._asked_again[key] = False
            self._workers.submit(self._work, key, act)

    def _work(self, key: str, act: Act) -> None:
        while True:
            try:
                with self._in_turn(), patiently():
                    act()
            except Exception:  # one failing piece of work must not end the others; the clock tries it again
                log.exception("work failed", extra={"key": key})
            with self._lock:
                if not self._asked_again[key] or self._is_closed:
                    del self._asked_again[key]
                    return
                self._asked_again[key] = False

    @contextmanager
    def somebody_waits(self) -> Iterator[None]:
        """While a person waits to be acknowledged, work for which nobody waits gives way, but not for long."""
        with self._nobody_waits:
            self._waiting += 1
        try:
            yield
        finally:
            with self._nobody_waits:
                self._waiting -= 1
                self._nobody_waits.notify_all()

    def give_crowd_way(self) -> None:
        """A flow goes on a little later while a crowd waits to be acknowledged: what was begun is safe."""
        with self._nobody_waits:
            self._nobody_waits.wait_for(lambda: self._waiting <= CROWD, GIVES_CROWD_WAY_S)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Let people who wait go first. When they never end, work goes on beside them, one piece at a time."""
        with self._nobody_waits:
            is_calm = self._nobody_waits.wait_for(lambda: self._waiting == 0, GIVES_WAY_S)
        with nullcontext() if is_calm else self._beside_the_crowd:
            yield

    @contextmanager
    def alone(self, number: int) -> Iterator[None]:
        """No two threads of this process are in here for the same number, whatever the clock says."""
        with self._turns[number % len(self._turns)]:
            yield

    def beside(self, act: Act) -> Future[None]:
        """Begin it now, beside what the caller does next; whoever asks for its result hears how it ended."""
        return self._hands.submit(act)

    def side_by_side(self, acts: Sequence[Act]) -> None:
        """Do them all at the same time; returns when the last is done, and raises what the first failing raised."""
        running = [self._hands.submit(act) for act in acts]
        wait(running)
        for done in running:
            done.result()

    def is_idle(self) -> bool:
        """Is nothing waiting or being done?"""
        with self._lock:
            return not self._asked_again

    def finish(self) -> None:
        """Finish what is being done; what waits is found again after the next start. Flows may still fan out."""
        with self._lock:
            self._is_closed = True
        self._workers.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Give back every thread."""
        self.finish()
        self._hands.shutdown(wait=True)
