"""What happens, written down as it is heard; looked at, put right and drawn."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Listeners, commands, and the picture that somebody asks for."""
    # Loaded here, so that importing only the tables does not load the listeners.
    from bot.screens.timeline import listeners, pictures

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
    registry.kinds += pictures.KINDS
