"""The floor's playbooks, reloaded without a restart when a file changes, which runs are told of."""

import logging
import threading
import time
from datetime import datetime
from pathlib import Path

from bot import outbox
from bot.config.floor import Floor
from bot.outbox import kinds
from bot.playbooks.library import Library, load_library
from bot.playbooks.tables import incidents_running
from bot.services import Services

log = logging.getLogger(__name__)
CHECK_EVERY_S = 5.0


class ReloadingLibrary:
    """The source of playbooks; checks the folder at most every `every_s` seconds."""

    def __init__(self, folder: Path, floor: Floor, every_s: float = CHECK_EVERY_S) -> None:
        self._library = load_library(folder, floor)
        self._every_s = every_s
        self._checked_at = time.monotonic()
        self._lock = threading.Lock()
        self._last_returned: Library | None = None

    @property
    def library(self) -> Library:
        """The current playbooks of the folder."""
        with self._lock:
            if time.monotonic() - self._checked_at >= self._every_s:
                self._library, self._checked_at = self._library.reloaded(), time.monotonic()
            return self._library

    def library_if_changed(self) -> Library | None:
        """The playbooks if the folder has changed since the last call, or on the first call; else None."""
        library = self.library
        if library is self._last_returned:
            return None
        self._last_returned = library
        return library


def mark_runs_with_newer_file(services: Services, now: datetime) -> None:
    """Re-render run messages after a change in the folder, which may add or remove the note about a newer file."""
    library = services.get(ReloadingLibrary).library_if_changed()
    if library is None:
        return
    for problem in library.problems:
        log.warning("a playbook is left out", extra={"problem": str(problem)})
    for note in library.notes:
        log.warning("a playbook may be wrong", extra={"problem": str(note)})
    with services.database.transaction() as session:
        for number in incidents_running(session, library.playbooks):
            outbox.mark_stale(session, number, (kinds.RUN,))
