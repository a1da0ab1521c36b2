"""How many rows a transaction writes: so few that nobody who clicks notices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.runtime.clock import elapsed_s

# A third of the 100 ms that a click may have to wait at most: a busy machine takes twice as long the next time.
TARGET_S = 0.03
# If each statement is a round trip to a server, a busy machine takes five times as long the next time.
ON_SERVER_S = 0.02
SMALLEST, LARGEST = 100, 5_000


class ChunkSize:
    """A size that adapts to how long the last transaction took."""

    def __init__(
        self,
        rows: int,
        *,
        smallest: int = SMALLEST,
        largest: int = LARGEST,
        target_s: float = TARGET_S,
        now_s: Callable[[], float] = elapsed_s,
    ) -> None:
        self.rows = rows
        self._smallest, self._largest = smallest, largest
        self._target_s, self._now_s = target_s, now_s

    @contextmanager
    def measured(self, rows: int) -> Iterator[None]:
        """Time a block that writes this many rows, and adapt the size."""
        started_at_s = self._now_s()
        yield
        fitting_rows = int(rows * self._target_s / max(self._now_s() - started_at_s, 0.001))
        self.rows = max(self._smallest, min(self._largest, fitting_rows, self.rows * 2))
