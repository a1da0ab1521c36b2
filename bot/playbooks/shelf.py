"""The playbooks of the floor, read again when a file changes, without a restart."""

import threading
import time
from pathlib import Path

from bot.floor import Floor
from bot.playbooks.library import Library, load

LOOKED_AT_EVERY_S = 5.0


class Shelf:
    """Where playbooks are taken from; looks at the folder at most every five seconds."""

    def __init__(self, folder: Path, floor: Floor) -> None:
        self._library = load(folder, floor)
        self._looked_at = time.monotonic()
        self._lock = threading.Lock()

    @property
    def library(self) -> Library:
        """The playbooks as they stand in the folder now."""
        with self._lock:
            if time.monotonic() - self._looked_at > LOOKED_AT_EVERY_S:
                self._library, self._looked_at = self._library.refreshed(), time.monotonic()
            return self._library
