"""A sign of life: when something was last seen to work."""

import time


class Heartbeat:
    """Beats each time; `age_s` tells how long ago that was."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def beat(self) -> None:
        """It works."""
        self._at = time.monotonic()

    @property
    def age_s(self) -> float:
        """Seconds since the last beat, or since the beginning."""
        return time.monotonic() - self._at
