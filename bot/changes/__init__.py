"""Nesting and routing changes: a calendar, reminders until each is verified, and possible causes of incidents."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the command, the reminder, the note in an incident's channel and the summary part."""
    from bot.changes import actions, listeners, reminders, tables, wording
    from bot.changes.rules import State
    from bot.incidents import events
    from bot.incidents.registry import PurgeRule, Section, SummaryPart, Tick
    from bot.incidents.summaries import CHANGES

    registry.listeners.append(listeners.register)
    registry.command("changes", listeners.changes)
    registry.help(Section.ANYWHERE, 61, wording.HELP)
    registry.on(events.ChannelOpened, actions.show_possible_causes)
    registry.ticks.append(Tick("changes to verify", reminders.remind, tables.NEXT_REMINDER))
    registry.summary_parts.append(SummaryPart(CHANGES, "Changes around then", actions.possible_cause_lines))
    registry.purge_rules.append(
        PurgeRule(
            "planned_changes",
            ("title", "before", "after", "rollback"),
            over_at="planned_at",
            # People are still asked about it.
            kept=("state", State.PLANNED),
        )
    )
