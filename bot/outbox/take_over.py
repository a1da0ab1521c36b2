"""Finishing the workflows of a replica that died. Its rows of the outbox are free when their leases end."""

from bot.outbox import leases
from bot.services import Services


def take_over(services: Services) -> None:
    """Look for replicas that left workflows behind, and continue for those that are dead."""
    services.replicas.keep_alive()
    for name in services.flows.replicas_with_flows() - {services.replicas.name}:
        with services.replicas.hold_if_dead(name) as is_dead:
            if is_dead:
                services.flows.take_over(name)


def end_own_leases(services: Services) -> None:
    """What an earlier process of this name had leased is free again at once."""
    with services.database.transaction() as session:
        leases.end(session, services.replicas.name)
