"""Waiting for something that other threads do."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], within_s: float, every_s: float = 0.02) -> bool:
    """Check `condition` every `every_s` seconds, for at most `within_s` seconds; True once it holds."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(every_s)
    return True
