"""Waiting for something that other threads do."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], within_s: float, every_s: float = 0.02) -> bool:
    """Look every `every_s` seconds until it is true, at most `within_s` seconds."""
    end = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every_s)
    return True
