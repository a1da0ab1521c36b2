"""Handovers: one person offers command to a colleague and stays accountable until the colleague accepts."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the command, the events that end a handover, and the tick for unaccepted ones."""
    from bot.handovers import actions, exporting, listeners, reminders, renderers, shift, tables, wording
    from bot.incidents import events
    from bot.incidents.registry import PurgeRule, Section, Tick

    registry.listeners.append(listeners.register)
    registry.command("handover", listeners.hand_over)
    registry.help(Section.CHANNEL, 6, wording.HELP_COMMAND)
    registry.help(Section.ANYWHERE, 32, wording.HELP_SHIFT)
    shift.register(registry)
    registry.on(events.RoleChanged, actions.follow_role)
    registry.on(events.Closed, actions.end_pending)
    registry.on(events.Declined, actions.end_pending)
    registry.on(events.Merged, actions.end_pending)
    registry.on(events.MadePrivate, actions.hide_summary)
    registry.departures.append(actions.end_offers_to)
    registry.ticks.append(Tick("handovers", reminders.remind, tables.NEXT_DUE))
    registry.kinds += renderers.KINDS
    registry.purge_rules.append(
        PurgeRule("handovers", ("summary", "note", "question"), {"content": None, "fingerprint": ""})
    )
    registry.exports.append(exporting.HANDOVERS)
