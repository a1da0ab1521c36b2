"""Partners: who must be told of an incident, who has answered, and who is silent."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, the command, the event handlers and the tick of partners."""
    from bot.incidents import events
    from bot.incidents.facts import PARTNERS_UNTOLD
    from bot.incidents.registry import PurgeRule, Section, SummaryPart, Tick
    from bot.incidents.summaries import WAITING
    from bot.partners import (
        facts,
        guidance_actions,
        handlers,
        listeners,
        messages,
        notice_actions,
        renderers,
        tables,
        wording,
    )

    registry.listeners.append(listeners.register)
    registry.command("partners", listeners.partners)
    registry.help(Section.CHANNEL, 40, wording.HELP)
    registry.record(handlers.record_channel_lost, "channel_archive", "channel_deleted", "channel_left")
    registry.record(handlers.record_channel_lost, "group_archive", "group_deleted", "group_left")
    registry.on(events.Declared, handlers.begin)
    registry.on(events.SeverityChanged, handlers.follow_severity)
    registry.on(events.ScopeChanged, handlers.follow_scope)
    registry.on(events.Resolved, handlers.give_all_clear)
    registry.on(events.Declined, handlers.say_false_alarm)
    registry.on(events.Merged, handlers.say_merged)
    registry.on(events.Merged, guidance_actions.take_over)
    registry.on(events.MadePrivate, handlers.follow_privacy)
    registry.on(events.Reopened, handlers.reopen_notices)
    registry.on(events.RoleChanged, guidance_actions.ask_lead)
    registry.on(events.UpdateDue, messages.post_updates)
    registry.on(events.UpdateAmended, messages.edit_footers)
    registry.ticks.append(Tick("partners", notice_actions.start_due, tables.NEXT_DUE))
    registry.answers(PARTNERS_UNTOLD, facts.partners_untold)
    registry.summary_parts.append(SummaryPart(WAITING, "Partners waiting", facts.partners_awaited))
    registry.kinds += renderers.KINDS
    registry.without_text("partner_notices")
    registry.purge_rules += [
        PurgeRule("partner_guidance", ("agents_say", "agents_do_not_say", "workaround", "relief")),
    ]
    registry.exports.append(facts.PARTNERS)
