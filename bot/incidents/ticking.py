"""The clock's second: everything that nouns registered to look for what is due, and when something is due next."""

import logging
from datetime import datetime

from bot.incidents.registry import Registry
from bot.services import Services

log = logging.getLogger(__name__)


def tick(services: Services, now: datetime) -> None:
    """Look for everything that is due at `now`; what one look breaks on does not stop the others."""
    for look in services.get(Registry).ticks:
        try:
            look.run(services, now)
        except Exception:  # the clock must outlive anything; the next tick looks again
            log.exception("tick failed", extra={"look": look.name})


def next_due(services: Services) -> datetime | None:
    """When the clock will next find something to do, over all incidents; None when nothing waits."""
    with services.store.reading() as session:
        due = [look.next_due(session) for look in services.get(Registry).ticks if look.next_due]
    return min((moment for moment in due if moment), default=None)
