"""Handovers: somebody hands command to a colleague, who accepts it; until then the first one stays accountable."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Listeners, a command, the events that end a handover, and the ticks for those that nobody accepts."""
    # Loaded here, so that whoever needs the tables alone need not load the listeners.
    from bot.handovers import (
        accountability,
        actions,
        exporting,
        listeners,
        reminders,
        renderers,
        shift_accepting,
        shift_export,
        shift_listeners,
        shift_tables,
        tables,
    )
    from bot.incidents import events
    from bot.incidents.facts import SHIFT_HANDOVERS
    from bot.incidents.registry import TableWords, Tick

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
    registry.listeners.append(shift_listeners.register)
    registry.on(events.Declared, accountability.follow_declared)
    registry.on(events.StatusChanged, accountability.follow_reopened)
    registry.on(events.Reopened, accountability.follow_reopened)
    registry.on(events.Resolved, accountability.follow_ended)
    registry.on(events.Closed, accountability.follow_ended)
    registry.on(events.Declined, accountability.follow_ended)
    registry.on(events.Merged, accountability.follow_ended)
    registry.on(events.Withdrawn, accountability.follow_ended)
    registry.unavailable.append(accountability.replace)
    registry.answers(SHIFT_HANDOVERS, shift_export.counts)
    registry.ticks.append(Tick("shift handovers", shift_accepting.escalate_due, shift_tables.NEXT_DUE))
    registry.on(events.RoleChanged, actions.follow_role)
    registry.on(events.Closed, actions.end_pending)
    registry.on(events.Declined, actions.end_pending)
    registry.on(events.Merged, actions.end_pending)
    registry.on(events.MadePrivate, actions.hide_summary)
    registry.on(events.MadePrivate, accountability.hide_words)
    registry.ticks.append(Tick("handovers", reminders.remind, tables.NEXT_DUE))
    registry.kinds += renderers.KINDS
    registry.words += [
        TableWords("handovers", ("summary", "note", "question"), {"content": None, "fingerprint": ""}),
        TableWords("shift_handovers"),
        TableWords("accountabilities"),
        TableWords("watch_items"),
    ]
    registry.exports.append(exporting.HANDOVERS)
