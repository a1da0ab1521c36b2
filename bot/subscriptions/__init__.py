"""Subscriptions: updates by direct message, for one incident or for every incident of a kind."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the commands, and the handlers that copy each update to its subscribers."""
    # Loaded here, so that importing only the tables does not load the listeners.
    from bot.incidents import events
    from bot.subscriptions import actions, copies, listeners

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
    registry.on(events.Merged, actions.follow_merge)
    registry.on(events.UpdateComposed, copies.post_copies)
    registry.on(events.UpdateAmended, copies.edit_footers)
    registry.without_text("subscriptions")
