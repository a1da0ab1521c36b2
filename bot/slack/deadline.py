"""Limits calls while a user waits for an acknowledgement: to Slack's three seconds, and never all the threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.runtime import clock
from bot.slack.errors import NotSent

# Slack gives up after three seconds, and a trigger is then useless; the answer itself needs part of that time.
ACKNOWLEDGE_WITHIN_S = 2.5
SHORTEST_S = 0.3
# Some of the threads that serve users: the others answer requests that need no call.
CALLS_AT_ONCE, CALLS_WAITING = 16, 12

_until: ContextVar[float | None] = ContextVar("acknowledge until", default=None)
_calls = threading.BoundedSemaphore(CALLS_AT_ONCE)
_threads = threading.BoundedSemaphore(CALLS_AT_ONCE + CALLS_WAITING)


def begin(received_at_s: float) -> None:
    """Start the deadline, since a user waits from here on; `received_at_s` is by `clock.elapsed_s`."""
    _until.set(received_at_s + ACKNOWLEDGE_WITHIN_S)


def end() -> None:
    """End the deadline: nobody waits any more, so calls may take their time."""
    _until.set(None)


@contextmanager
def limits(method: str, usual_s: float) -> Iterator[float]:
    """How many seconds a call may take. Raises `NotSent` if there is no time or no thread left for it."""
    until = _until.get()
    if until is None:
        yield usual_s
        return
    if not _threads.acquire(blocking=False):
        raise NotSent(method, "too many calls wait for Slack")
    try:
        if not _calls.acquire(timeout=max(until - clock.elapsed_s() - SHORTEST_S, 0)):
            raise NotSent(method, "too late to acknowledge")
        try:
            yield min(max(until - clock.elapsed_s(), SHORTEST_S), usual_s)
        finally:
            _calls.release()
    finally:
        _threads.release()
