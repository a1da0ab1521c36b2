"""What shows several nouns at once: card, control panel, home tab, export, the timeline's pages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """The control panel and help."""
    # Loaded here, so that whoever needs the tables alone need not load the listeners.
    from bot.screens import listeners

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
