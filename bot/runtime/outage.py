"""An outage in the log: one line when it begins, one when it is over, however many notice it."""

import logging
import threading

from bot.runtime.clock import elapsed_s

log = logging.getLogger(__name__)

# Something that fails and works by turns is one outage.
OVER_AFTER_S = 1.0


class Outage:
    """Notes of something that it works, or does not."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._since: float | None = None
        self._last = 0.0

    def fails(self, reason: str) -> None:
        """It does not work now."""
        with self._lock:
            self._last = elapsed_s()
            if self._since is None:
                self._since = self._last
                log.warning("%s does not answer; what is due waits", self._what, extra={"reason": reason})

    def works(self) -> None:
        """It works now."""
        if self._since is None:
            return
        with self._lock:
            now = elapsed_s()
            if self._since is not None and now - self._last > OVER_AFTER_S:
                log.warning("%s answers again", self._what, extra={"away_s": round(now - self._since, 1)})
                self._since = None
