"""How many rows a transaction writes: as many as keep it so short that nobody who clicks notices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.runtime.clock import elapsed_s

# A third of the 100 ms that nobody who clicks must wait longer for: a machine that is busy takes twice as long for
# the next one.
TARGET_S = 0.03
# Where each statement is a way to a server and back, a busy machine takes five times as long for the next one.
ON_SERVER_S = 0.02
SMALLEST, LARGEST = 100, 5_000


class ChunkSize:
    """A size that follows how long the last transaction took."""

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
        """So many rows are written in this block."""
        began = self._now_s()
        yield
        fitting = int(rows * self._target_s / max(self._now_s() - began, 0.001))
        self.rows = max(self._smallest, min(self._largest, fitting, self.rows * 2))
