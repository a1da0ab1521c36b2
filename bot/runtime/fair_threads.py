"""A thread pool in which people take turns: behind a person with many jobs, others wait for only one of them."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Job = Callable[[], None]
# More at a time take longer overall: Python runs one of them at any moment, and each switch costs time.
AT_ONCE = 5
# A job ahead may be waiting for Slack; later jobs wait for it only briefly.
TURN_WAIT_S = 0.25


class FairThreads:
    """Jobs of one person are started in order; people with waiting jobs are served in turn.

    In a crowd, a few jobs run at a time, but the others do not wait for those that take long.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._jobs_by_user: OrderedDict[str, deque[Job]] = OrderedDict()

    def submit(self, user_id: str, job: Job) -> None:
        """Run the job on some thread when it is that person's turn."""
        with self._lock:
            self._jobs_by_user.setdefault(user_id, deque()).append(job)
        self._pool.submit(self._run_next)

    def _run_next(self) -> None:
        has_turn = self._turns.acquire(timeout=TURN_WAIT_S)
        try:
            self._next_job()()
        finally:
            if has_turn:
                self._turns.release()

    def _next_job(self) -> Job:
        with self._lock:
            user_id, jobs = self._jobs_by_user.popitem(last=False)
            job = jobs.popleft()
            if jobs:
                self._jobs_by_user[user_id] = jobs
            return job

    def shutdown(self, *, wait: bool = True, cancel_futures: bool = False) -> None:
        """Accept no more jobs."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
