"""Playbooks: what to do in each kind of outage, by whom and by when; and the record of what was done."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, commands, event handlers, ticks, guards, and the answers given to other packages."""
    from bot.incidents import events
    from bot.incidents.facts import PRIVATE_BY_DEFAULT, STEPS_TAKEN
    from bot.incidents.registry import PurgeRule, Section, SummaryPart, Tick
    from bot.incidents.summaries import OPEN_STEPS
    from bot.playbooks import (
        facts,
        handlers,
        listeners,
        proposals,
        reloading_library,
        reminder_actions,
        renderers,
        run_actions,
        step_actions,
        step_screens,
        tables,
        wording,
    )
    from bot.playbooks.facts import REQUIRED_STEPS, ask_again
    from bot.playbooks.reloading_library import ReloadingLibrary

    # Bolt tries listeners in order, so those clicked most come first.
    registry.listeners.insert(0, listeners.register)
    registry.command("playbook", listeners.playbook)
    registry.command("steps", listeners.my_steps)
    registry.help(Section.CHANNEL, 20, wording.HELP)
    registry.on(events.Declared, run_actions.start_matching)
    registry.on(events.SeverityChanged, handlers.offer_better_playbook)
    registry.on(events.ScopeChanged, handlers.offer_better_playbook)
    registry.on(events.UpdateComposed, handlers.skip_update_steps)
    registry.on(events.RoleChanged, handlers.finish_role_steps)
    registry.on(events.CommandHandedOver, handlers.hand_over_steps)
    registry.on(events.Closed, run_actions.stop_all)
    registry.on(events.Declined, run_actions.stop_all)
    registry.on(events.Merged, run_actions.stop_all)
    registry.on(events.MadePrivate, proposals.hide_words)
    registry.on(events.Reopened, ask_again)
    registry.on(events.Reopened, handlers.offer_after_reopening)
    registry.ticks += [
        Tick("reminders of steps", reminder_actions.remind_of_overdue_steps, tables.NEXT_REMINDER),
        Tick("repeated steps", reminder_actions.repeat_steps, tables.NEXT_REPETITION),
        Tick("newer playbooks", reloading_library.mark_runs_with_newer_file),
    ]
    registry.departures.append(step_actions.release_all)
    registry.guards.append(REQUIRED_STEPS)
    registry.summary_parts.append(SummaryPart(OPEN_STEPS, "Open steps", facts.open_steps_of))
    registry.home.append(step_screens.of_home)
    registry.answers(STEPS_TAKEN, facts.steps_taken)
    registry.answers(PRIVATE_BY_DEFAULT, run_actions.is_private)
    registry.parts.append(
        lambda settings, floor: ReloadingLibrary(settings.playbooks_dir, floor, settings.playbooks_every_s)
    )
    registry.kinds += renderers.KINDS
    # Numbers in `answers` are kept: see `bot/screens/records/purge_text.py`.
    registry.purge_rules += [PurgeRule("playbook_steps", ("reason",)), PurgeRule("playbook_runs")]
    registry.purge_rules.append(PurgeRule("playbook_proposals", ("text", "reason")))
    registry.exports += [facts.STEPS, facts.PROPOSALS]
