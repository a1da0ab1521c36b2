"""Subscriptions: updates by direct message, for one incident or for every incident of a kind."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the commands, and the handlers that copy each update to its subscribers."""
    from bot.incidents import events
    from bot.incidents.registry import Section
    from bot.subscriptions import actions, copies, listeners, wording

    registry.listeners.append(listeners.register)
    registry.command("subscribe", listeners.subscribe, for_guests=True)
    registry.command("unsubscribe", listeners.unsubscribe, for_guests=True)
    registry.command("subscriptions", listeners.show_subscriptions, for_guests=True)
    registry.help(Section.ANYWHERE, 10, wording.HELP_STANDING)
    registry.help(Section.CHANNEL, 50, wording.HELP_INCIDENT)
    registry.on(events.Merged, actions.follow_merge)
    registry.on(events.UpdateComposed, copies.post_copies)
    registry.on(events.UpdateAmended, copies.edit_footers)
    registry.on(events.MadePrivate, copies.say_private)
    registry.without_text("subscriptions")
