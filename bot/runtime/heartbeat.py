"""A sign of life: when something was last seen to work."""

import time


class Heartbeat:
    """Beats each time; `age_s` tells how long ago that was."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def beat(self, at: float | None = None) -> None:
        """It works, or worked at that moment of `time.monotonic()`."""
        self._at = time.monotonic() if at is None else at

    @property
    def age_s(self) -> float:
        """Seconds since the last beat, or since the beginning."""
        return time.monotonic() - self._at
