"""Who wants updates by direct message: of one incident, or of every one of a kind."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Listeners, commands, and the copies of each update."""
    # Loaded here, so that importing only the tables does not load the listeners.
    from bot.incidents import events
    from bot.incidents.registry import PurgeRule
    from bot.subscriptions import actions, copies, listeners

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
    registry.on(events.Merged, actions.follow_merge)
    registry.on(events.UpdateComposed, copies.post_copies)
    registry.on(events.UpdateAmended, copies.edit_footers)
    registry.purge_rules.append(PurgeRule("subscriptions"))
