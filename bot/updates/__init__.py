"""Stakeholder updates: what each audience is promised, when it is told, and promises that were missed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, commands, event handlers, ticks, and the answers that updates give other packages."""
    from bot.incidents import events
    from bot.incidents.facts import AUDIENCES_TOLD, NEXT_UPDATE, PROMISES_DUE, UPDATES_KEPT, UPDATES_KEPT_OF_MANY
    from bot.incidents.registry import PurgeRule, Section, SummaryPart, Tick
    from bot.incidents.summaries import PROMISES
    from bot.updates import (
        after_start,
        cadence_actions,
        draft_recipients,
        due_promises,
        facts,
        handlers,
        listeners,
        missed_promises,
        renderers,
        sending,
        tables,
        wording,
    )

    registry.listeners.append(listeners.register)
    registry.command("update", listeners.update)
    registry.command("updates", listeners.updates)
    registry.command("cadence", listeners.cadence)
    registry.command("pause", listeners.pause)
    registry.command("resume", listeners.resume)
    registry.help(Section.CHANNEL, 30, wording.HELP_UPDATE)
    registry.help(Section.CHANNEL, 31, wording.HELP_PACE)
    registry.help(Section.CHANNEL, 32, wording.HELP_PAUSE)
    registry.help(Section.CHANNEL, 33, wording.HELP_AUDIENCES)
    registry.on(events.Declared, handlers.begin)
    registry.on(events.ChannelOpened, handlers.send_first)
    registry.on(events.SeverityChanged, handlers.follow_severity)
    registry.on(events.StatusChanged, handlers.follow_status)
    registry.on(events.SituationChanged, handlers.follow_situation)
    registry.on(events.Resolved, handlers.send_last_update)
    registry.on(events.Declined, handlers.say_false_alarm)
    registry.on(events.Merged, handlers.say_merged)
    registry.on(events.MadePrivate, handlers.withdraw_outside)
    registry.on(events.Closed, handlers.send_at_close)
    registry.on(events.Reopened, handlers.promise_again)
    registry.on(events.Withdrawn, handlers.end_promises)
    registry.on(events.RoleChanged, handlers.reassign_drafts)
    registry.on(events.MembersChanged, handlers.reassign_drafts)
    registry.on(events.CadenceRequested, handlers.set_cadence)
    registry.on(events.UpdateRequested, handlers.send_to_one)
    registry.parts.append(lambda settings, floor: after_start.AfterStart())
    registry.ticks += [
        Tick("what an earlier start left behind", after_start.clean_up),
        Tick("clock set back", cadence_actions.repromise_after_clock_change),
        Tick("updates", sending.start_due, due_promises.NEXT_UPDATE),
        Tick("missed updates", missed_promises.report_missed, due_promises.NEXT_MISSED),
        Tick("drafts of updates", draft_recipients.post_due_drafts, due_promises.NEXT_DRAFT),
    ]
    registry.summary_parts.append(SummaryPart(PROMISES, "Updates promised", facts.promises_due))
    registry.audits.append(facts.incidents_without_update)
    registry.kinds += renderers.KINDS
    registry.answers(NEXT_UPDATE, handlers.next_update)
    registry.answers(AUDIENCES_TOLD, tables.audiences_told)
    registry.answers(PROMISES_DUE, facts.promises_of_next_shift)
    registry.answers(UPDATES_KEPT, handlers.updates_kept)
    registry.answers(UPDATES_KEPT_OF_MANY, handlers.updates_kept_of_many)
    registry.without_text("drafts")
    registry.purge_rules += [
        PurgeRule("promises", ("text", "moved_why")),
        PurgeRule("update_pauses", ("reason",)),
    ]
    registry.exports.append(facts.UPDATES)
