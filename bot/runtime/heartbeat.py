"""A sign of life: when something was last seen to work."""

from bot.runtime.clock import elapsed_s


class Heartbeat:
    """Remembers the last time something worked; `age_s` tells how long ago that was."""

    def __init__(self) -> None:
        self._at = elapsed_s()

    def beat(self) -> None:
        """Record that it works now."""
        self._at = elapsed_s()

    @property
    def age_s(self) -> float:
        """Seconds since the last beat, or since the start."""
        return elapsed_s() - self._at
