"""How long a flow waits before it tries again."""

from msgspec import Struct


class Backoff(Struct, frozen=True):
    """How long a flow waits before it tries again: doubling from `first_s`, at most `longest_s`."""

    first_s: float = 1.0
    longest_s: float = 60.0

    def before(self, attempt: int) -> float:
        """Seconds to wait before the attempt after number `attempt` (the first is 1)."""
        return min(self.longest_s, self.first_s * 2.0 ** min(attempt - 1, 16))
