"""Alerts from monitoring systems: recorded once, grouped, and proposed or declared as incidents."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the buttons, the event handlers, the tick that ends ignoring, the clean-up job and the sources."""
    from bot.alerts import actions, listeners, proposing, sources, tables
    from bot.incidents import events
    from bot.incidents.registry import Job, PurgeRule, Tick

    registry.command("alerts", listeners.alerts)
    registry.listeners.append(listeners.register)
    registry.on(events.Declared, actions.follow_declared)
    registry.on(events.ChannelOpened, actions.show_incident)
    registry.on(events.MadePrivate, actions.show_incident)
    registry.on(events.Withdrawn, actions.propose_again)
    registry.on(events.Merged, actions.follow_merge)
    registry.ticks.append(Tick("ignored alerts", actions.show_again, tables.NEXT_DUE))
    registry.jobs.append(Job("old alerts", actions.FORGET_EVERY_S, actions.forget_old))
    registry.parts.append(sources.AlertSources.of)
    registry.kinds += proposing.KINDS
    registry.purge_rules += [
        PurgeRule("alert_groups", ("title",)),
        PurgeRule("alerts", ("title", "text", "link"), {"labels": {}}),
    ]
