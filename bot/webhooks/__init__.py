"""Webhooks: tell other systems what happens to incidents, signed, in order, and retried for up to a day."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the events that are sent, and how they are delivered."""
    from bot.incidents import events
    from bot.incidents.registry import PurgeRule
    from bot.webhooks import handlers, sending, targets

    for event, handler in handlers.HANDLERS.items():
        registry.on(event, handler)
    registry.on(events.MadePrivate, handlers.withhold)
    registry.parts.append(targets.Webhooks.of)
    registry.kinds += sending.KINDS
    registry.audits_of_floor.append(sending.events_given_up)
    registry.purge_rules.append(PurgeRule("webhook_deliveries", (), {"body": {}}))
