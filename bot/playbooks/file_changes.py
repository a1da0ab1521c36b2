"""Playbook files changed during incidents: run messages say so, and the log lists broken files."""

import logging
from datetime import datetime

from bot import outbox
from bot.outbox import kinds
from bot.playbooks.reloading_library import ReloadingLibrary
from bot.playbooks.tables import incidents_running
from bot.services import Services

log = logging.getLogger(__name__)


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
