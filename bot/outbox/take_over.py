"""Finishing what a replica that died had begun."""

from datetime import datetime

from bot.outbox import displays, notices
from bot.runtime.clock import utcnow
from bot.services import Services


def take_over(services: Services) -> None:
    """Look for replicas that left something behind, and continue for those that are dead."""
    services.replicas.stay()
    for name in _others_with_work(services):
        with services.replicas.kept_dead(name) as is_dead:
            if is_dead:
                services.flows.take_over(name)
                free(services, name, utcnow())


def free(services: Services, name: str, now: datetime) -> None:
    """What a process that ended was drawing or saying may be drawn and said by others."""
    with services.store.transaction() as session:
        displays.release(session, name, now)
        notices.release(session, name, now)


def _others_with_work(services: Services) -> set[str]:
    with services.store.reading() as session:
        holding = displays.holders(session) | notices.holders(session)
    return (holding | services.flows.owners()) - {services.replicas.name}
