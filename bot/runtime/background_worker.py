"""Work that may be lost, because the clock finds it again: done soon, never twice at once, never queued twice."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext

from bot.errors import TryLater
from bot.runtime.database import low_priority

log = logging.getLogger(__name__)

Job = Callable[[], None]
WORKER_THREADS = 6
FAN_OUT_THREADS = 8
LOCK_STRIPES = 64
FOREGROUND_WAIT_S = 2.0
# More requests than this that await acknowledgement at the same time are a crowd.
FOREGROUND_CROWD = 3
CROWD_WAIT_S = 0.25


class BackgroundWorker:
    """A few threads that bring Slack up to date with the database."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(WORKER_THREADS, thread_name_prefix="background")
        # A pool of its own: work that fans out must never wait for the workers it occupies.
        self._fan_out_executor = ThreadPoolExecutor(FAN_OUT_THREADS, thread_name_prefix="fan-out")
        self._turns = [threading.Lock() for _ in range(LOCK_STRIPES)]
        self._lock = threading.Lock()
        self._foreground_idle = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._waiting_people = 0
        self._resubmitted: dict[str, bool] = {}
        self._is_closed = False

    def submit(self, key: str, job: Job) -> None:
        """Run the job on the pool. If it is submitted again meanwhile, it runs once more, and only once."""
        with self._lock:
            if self._is_closed:
                return
            if key in self._resubmitted:
                self._resubmitted[key] = True
                return
            self._resubmitted[key] = False
            self._executor.submit(self._run, key, job)

    def _run(self, key: str, job: Job) -> None:
        while True:
            try:
                with self._in_turn(), low_priority():
                    job()
            except TryLater as later:  # Slack does not answer, and nothing is broken here
                log.warning("not done now", extra={"key": key, "reason": later.reason})
            except Exception:  # one failing piece of work must not end the others; the clock tries it again
                log.exception("background work failed", extra={"key": key})
            with self._lock:
                if not self._resubmitted[key] or self._is_closed:
                    del self._resubmitted[key]
                    return
                self._resubmitted[key] = False

    @contextmanager
    def foreground(self) -> Iterator[None]:
        """While a person waits for an acknowledgement, background work gives way, but not for long."""
        with self._foreground_idle:
            self._waiting_people += 1
        try:
            yield
        finally:
            with self._foreground_idle:
                self._waiting_people -= 1
                self._foreground_idle.notify_all()

    def yield_to_foreground(self) -> None:
        """Delay a flow a little while a crowd waits for acknowledgements: what it has begun is safe."""
        with self._foreground_idle:
            self._foreground_idle.wait_for(lambda: self._waiting_people <= FOREGROUND_CROWD, CROWD_WAIT_S)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Let waiting people go first. If they keep coming, work continues alongside them, one job at a time."""
        with self._foreground_idle:
            is_idle = self._foreground_idle.wait_for(lambda: self._waiting_people == 0, FOREGROUND_WAIT_S)
        with nullcontext() if is_idle else self._one_at_a_time:
            yield

    @contextmanager
    def serialized(self, number: int) -> Iterator[None]:
        """Admit one thread of this process at a time for the same number, whatever the clock says."""
        with self._turns[number % len(self._turns)]:
            yield

    def start(self, job: Job) -> Future[None]:
        """Start the job now, in parallel with the caller; its result says how it ended."""
        return self._fan_out_executor.submit(job)

    def run_all(self, jobs: Sequence[Job]) -> None:
        """Run all jobs in parallel; return when the last is done, and raise the first failure."""
        if not jobs:
            return
        # One job runs on this thread, which would otherwise only wait.
        futures = [self._fan_out_executor.submit(job) for job in jobs[1:]]
        try:
            jobs[0]()
        finally:
            wait(futures)
        for future in futures:
            future.result()

    def is_idle(self) -> bool:
        """True if nothing is waiting or running."""
        with self._lock:
            return not self._resubmitted

    def finish(self) -> None:
        """Finish running jobs; waiting ones are found again after the next start. Flows may still fan out."""
        with self._lock:
            self._is_closed = True
        self._executor.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Shut down all threads."""
        self.finish()
        self._fan_out_executor.shutdown(wait=True)
