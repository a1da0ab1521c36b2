"""Follow-ups: tasks after an incident, with an owner and a due day, tracked until done."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, commands, reactions, reminders, the weekly digest and a part of the home tab."""
    from bot.followups import (
        exporting,
        listeners,
        messages,
        owners,
        reactions,
        reminders,
        renderers,
        screens,
        tables,
        wording,
    )
    from bot.incidents import events, facts
    from bot.incidents.checklist import FOLLOW_UPS
    from bot.incidents.registry import ChecklistItem, PurgeRule, Section, Tick

    registry.listeners.append(listeners.register)
    registry.command("followup", listeners.add_from_command)
    registry.command("followups", listeners.show_list)
    registry.departures.append(owners.release_all)
    registry.help(Section.AFTERWARDS, 1, wording.HELP)
    registry.on(events.MadePrivate, messages.hide_words)
    registry.record(reactions.record_mark, "reaction_added")
    registry.record(reactions.record_unmark, "reaction_removed")
    registry.ticks += [
        Tick("reminders of follow-ups", reminders.send_due_reminders, tables.NEXT_REMINDER),
        Tick("weekly follow-ups", reminders.post_digest),
    ]
    registry.checklist.append(ChecklistItem(FOLLOW_UPS, "Follow-ups, each with an owner", tables.have_owners))
    registry.answers(facts.FOLLOW_UPS, tables.titles)
    registry.answers(facts.FOLLOW_UPS_OVERDUE, tables.overdue_at)
    registry.answers(facts.FOLLOW_UP_WORDS, tables.text_of)
    registry.home.append(screens.on_home)
    registry.kinds += renderers.KINDS
    registry.purge_rules += [PurgeRule("follow_ups", ("text",), {"link": ""}), PurgeRule("follow_up_digests")]
    registry.exports.append(exporting.FOLLOW_UPS)
