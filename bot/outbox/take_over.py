"""Finishing what a replica that died had begun."""

from bot.outbox import leases
from bot.services import Services


def take_over(services: Services) -> None:
    """Look for replicas that left something behind, and continue for those that are dead."""
    services.replicas.stay()
    for name in _others_with_work(services):
        with services.replicas.kept_dead(name) as is_dead:
            if is_dead:
                services.flows.take_over(name)
                free(services, name)


def free(services: Services, name: str) -> None:
    """The leases of a process that has ended."""
    with services.store.transaction() as session:
        leases.end(session, name)


def _others_with_work(services: Services) -> set[str]:
    with services.store.reading() as session:
        holding = leases.owners(session)
    return (holding | services.flows.owners()) - {services.replicas.name}
