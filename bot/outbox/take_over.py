"""Finishing the workflows of a replica that died. Its outbox rows are free when their leases expire."""

from bot.outbox import leases
from bot.services import Services


def take_over(services: Services) -> None:
    """Find replicas that left workflows behind, and continue the workflows of dead ones."""
    services.replicas.keep_alive()
    for name in services.flows.replicas_with_flows() - {services.replicas.name}:
        with services.replicas.hold_if_dead(name) as is_dead:
            if is_dead:
                services.flows.take_over(name)


def end_own_leases(services: Services) -> None:
    """Release at once what this process, or an earlier one with its name, had leased."""
    with services.database.transaction() as session:
        leases.end(session, services.replicas.name)
