"""Logs an outage: one line when it begins, one when it is over, however many callers notice it."""

import logging
import threading

from bot.runtime.clock import elapsed_s

log = logging.getLogger(__name__)

# Failures that alternate with successes are one outage.
OVER_AFTER_S = 1.0


class Outage:
    """Tracks whether something works."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._since: float | None = None
        self._last = 0.0

    def fails(self, reason: str) -> None:
        """Record that it does not work now."""
        with self._lock:
            self._last = elapsed_s()
            if self._since is None:
                self._since = self._last
                log.warning("%s does not answer; what is due waits", self._what, extra={"reason": reason})

    def works(self) -> None:
        """Record that it works now."""
        if self._since is None:
            return
        with self._lock:
            now = elapsed_s()
            if self._since is not None and now - self._last > OVER_AFTER_S:
                log.warning("%s answers again", self._what, extra={"away_s": round(now - self._since, 1)})
                self._since = None
