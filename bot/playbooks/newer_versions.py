"""A playbook's file was written while incidents run: their messages say so; the log names what is broken."""

import logging
from datetime import datetime

from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.playbooks import tables as playbooks
from bot.playbooks.reloading import Shelf
from bot.services import Services

log = logging.getLogger(__name__)


def tell_of_newer_playbooks(services: Services, now: datetime) -> None:
    """Draw the messages again of runs whose file differs from their copy, or did until now."""
    library = services.get(Shelf).news()
    if library is None:
        return
    for problem in library.problems:
        log.warning("playbook refused", extra={"problem": str(problem)})
    with services.store.transaction() as session:
        for number in playbooks.incidents_running(session, library.playbooks):
            outbox.mark_stale(session, number, (kinds.RUN,))
