"""Group commit: changes that many threads make at once share one transaction and one wait for the disk."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from msgspec import Struct
from sqlmodel import Session

from bot.runtime.database.errors import ChangeUnknown, DatabaseBusy

Change = Callable[[Session], None]
Transaction = Callable[[], AbstractContextManager[Session]]
# A transaction of this many changes is short enough for a user who waits behind it.
MOST_AT_ONCE = 20


class _WaitingChange(Struct, eq=False):
    order: str
    change: Change
    is_done: bool = False
    failure: Exception | None = None


class GroupCommit:
    """The thread that gets the turn commits all changes queued meanwhile."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._queue: list[_WaitingChange] = []

    @property
    def waiting(self) -> int:
        """How many changes wait for their turn."""
        return len(self._queue)

    def apply(self, order: str, change: Change) -> None:
        """Return when `change` is committed, or raise what prevented it; a failed change does not affect others.

        Changes are made in the order of `order`, so that two replicas take locks in the same order.
        """
        waiting_change = _WaitingChange(order, change)
        with self._lock:
            self._queue.append(waiting_change)
        while not waiting_change.is_done:
            with self._turn:
                if not waiting_change.is_done:
                    self._commit_next()
        if waiting_change.failure is not None:
            raise waiting_change.failure

    def _commit_next(self) -> None:
        with self._lock:
            batch, self._queue = self._queue[:MOST_AT_ONCE], self._queue[MOST_AT_ONCE:]
        batch.sort(key=lambda waiting_change: waiting_change.order)
        try:
            self._commit(batch)
            self._end(batch)
        except (DatabaseBusy, ChangeUnknown) as failure:
            # It would fail for each of them while all callers wait.
            self._end(batch, failure)
        except Exception:  # noqa: BLE001 - only the caller whose change failed gets the error
            self._commit_each(batch)
        finally:
            # No caller waits forever, even if this thread is terminated.
            self._end([waiting_change for waiting_change in batch if not waiting_change.is_done], ChangeUnknown())

    def _commit(self, batch: list[_WaitingChange]) -> None:
        with self._transaction() as session:
            for waiting_change in batch:
                waiting_change.change(session)

    def _commit_each(self, batch: list[_WaitingChange]) -> None:
        for waiting_change in batch:
            try:
                self._commit([waiting_change])
                self._end([waiting_change])
            except Exception as failure:  # noqa: BLE001 - raised by the thread that brought it
                self._end([waiting_change], failure)

    @staticmethod
    def _end(batch: list[_WaitingChange], failure: Exception | None = None) -> None:
        for waiting_change in batch:
            waiting_change.failure = failure
            waiting_change.is_done = True
