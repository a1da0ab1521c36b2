"""The troubles that last at the moment: during one, silence after a click proves nothing."""

import time
from collections import Counter
from threading import Lock


class Disturbances:
    """The troubles that keep an answer from a person: an unavailable process or database."""

    def __init__(self) -> None:
        self._active: Counter[str] = Counter()
        self._ended_at = 0.0
        self._lock = Lock()

    def begin(self, what: str) -> None:
        """Record the beginning of a trouble."""
        with self._lock:
            self._active[what] += 1

    def end(self, what: str) -> None:
        """Record the end of a trouble."""
        with self._lock:
            self._active[what] -= 1
            self._ended_at = time.monotonic()

    def is_active(self, what: str = "") -> bool:
        """True if this trouble lasts, or any."""
        with self._lock:
            return self._active[what] > 0 if what else any(count > 0 for count in self._active.values())

    def were_none_since(self, moment: float) -> bool:
        """True if there was no trouble from that moment of `time.monotonic()` until now."""
        return not self.is_active() and self._ended_at < moment
