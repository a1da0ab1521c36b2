"""Shift handovers, item by item; each item has exactly one accountable person at every instant."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the events that begin or end accountability, the tick, and the reports' figures."""
    from bot.handovers.shift import accepting, accountability, export, listeners, renderers, tables
    from bot.incidents import events
    from bot.incidents.facts import SHIFT_HANDOVERS
    from bot.incidents.registry import Tick

    registry.listeners.append(listeners.register)
    registry.on(events.Declared, accountability.follow_declared)
    registry.on(events.Reopened, accountability.follow_reopened)
    registry.on(events.Resolved, accountability.follow_ended)
    registry.on(events.Closed, accountability.follow_ended)
    registry.on(events.Declined, accountability.follow_ended)
    registry.on(events.Merged, accountability.follow_ended)
    registry.on(events.Withdrawn, accountability.follow_ended)
    registry.on(events.MadePrivate, accountability.hide_words)
    registry.unavailable.append(accountability.replace)
    registry.answers(SHIFT_HANDOVERS, export.counts)
    registry.ticks.append(Tick("shift handovers", accepting.escalate_due, tables.NEXT_DUE))
    registry.kinds += renderers.KINDS
    registry.without_text("shift_handovers", "accountabilities", "watch_items")
