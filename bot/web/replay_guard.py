"""What was let in lately: a request that somebody recorded and sends again is not done again."""

import threading
import time

# As long as a signature is accepted, to both sides of now.
REMEMBERED_S = 10 * 60


class ReplayGuard:
    """The signatures of the last minutes. Slack signs the time, so its own repeats carry new ones."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_new(self, signature: str) -> bool:
        """Remember it; was it unknown before?"""
        now = time.monotonic()
        with self._lock:
            self._forget(now)
            if signature in self._at:
                return False
            self._at[signature] = now
            return True

    def allow_again(self, signature: str) -> None:
        """It was not done after all: sent again, it is to be done."""
        with self._lock:
            self._at.pop(signature, None)

    def _forget(self, now: float) -> None:
        # Kept in the order they came: the oldest is always first.
        while self._at and now - next(iter(self._at.values())) > REMEMBERED_S:
            del self._at[next(iter(self._at))]
