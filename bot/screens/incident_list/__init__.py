"""`/incident list` and `/incident search`: incidents by state, severity, site, period and words, page by page."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the commands, the page buttons and the form."""
    # Imported here so that importing only the tables does not load the listeners.
    from bot.screens.incident_list import listeners

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
