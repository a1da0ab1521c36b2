"""A playbook's file was written while incidents run: their messages say so; the log names what is broken."""

import logging
from datetime import datetime

from bot import outbox
from bot.outbox import kinds
from bot.playbooks.reloading_library import ReloadingLibrary
from bot.playbooks.tables import incidents_running
from bot.services import Services

log = logging.getLogger(__name__)


def mark_runs_with_newer_file(services: Services, now: datetime) -> None:
    """Draw the messages again of runs whose file differs from their copy, or did until now."""
    library = services.get(ReloadingLibrary).library_if_changed()
    if library is None:
        return
    for problem in library.problems:
        log.warning("playbook refused", extra={"problem": str(problem)})
    with services.database.transaction() as session:
        for number in incidents_running(session, library.playbooks):
            outbox.mark_stale(session, number, (kinds.RUN,))
