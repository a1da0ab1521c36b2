"""Logs an outage: one line when it begins, one when it is over, however many callers notice it."""

import logging
import threading

from bot.runtime.clock import elapsed_s

log = logging.getLogger(__name__)

# Failures that alternate with successes are one outage.
OVER_AFTER_S = 1.0


class Outage:
    """Tracks whether something works."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._failing_since: float | None = None
        self._last_failure_s = 0.0

    def fails(self, reason: str) -> None:
        """Record that it does not work now."""
        with self._lock:
            self._last_failure_s = elapsed_s()
            if self._failing_since is None:
                self._failing_since = self._last_failure_s
                log.warning("%s does not answer; what is due waits", self._name, extra={"reason": reason})

    def works(self) -> None:
        """Record that it works now."""
        if self._failing_since is None:
            return
        with self._lock:
            now = elapsed_s()
            if self._failing_since is not None and now - self._last_failure_s > OVER_AFTER_S:
                log.warning("%s answers again", self._name, extra={"away_s": round(now - self._failing_since, 1)})
                self._failing_since = None
