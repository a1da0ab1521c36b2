"""Webhooks: other systems are told what happens to incidents, signed, in order, until they have taken it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """The events that are sent, and how."""
    # Loaded here, so that code that needs the tables alone need not load the handlers.
    from bot.incidents import events
    from bot.incidents.registry import PurgeRule
    from bot.webhooks import handlers, sending, targets

    for event, handler in handlers.HANDLERS.items():
        registry.on(event, handler)
    registry.on(events.MadePrivate, handlers.withhold)
    registry.parts.append(targets.Webhooks.of)
    registry.kinds += sending.KINDS
    registry.purge_rules.append(PurgeRule("webhook_deliveries", (), {"body": {}}))
