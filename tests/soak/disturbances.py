"""Which troubles last at the moment: while one does, silence after a click proves nothing."""

import time
from collections import Counter
from threading import Lock


class Disturbances:
    """The troubles that keep an answer from a person: a process or a database that is away."""

    def __init__(self) -> None:
        self._active: Counter[str] = Counter()
        self._ended_at = 0.0
        self._lock = Lock()

    def begin(self, what: str) -> None:
        """It is broken from now on."""
        with self._lock:
            self._active[what] += 1

    def end(self, what: str) -> None:
        """It works again."""
        with self._lock:
            self._active[what] -= 1
            self._ended_at = time.monotonic()

    def is_active(self, what: str = "") -> bool:
        """Is this broken now, or anything?"""
        with self._lock:
            return self._active[what] > 0 if what else any(count > 0 for count in self._active.values())

    def were_none_since(self, moment: float) -> bool:
        """Was everything well from that moment of `time.monotonic()` until now?"""
        return not self.is_active() and self._ended_at < moment
