"""The timeline's screens: pages, notes, corrections and the picture."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the commands and the picture on request."""
    # Imported here so that importing only the tables does not load the listeners.
    from bot.screens.timeline import listeners, pictures

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
    registry.kinds += pictures.KINDS
