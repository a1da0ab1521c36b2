"""Escalation: who is paged when nobody responds, and what they answered."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the listeners, commands, event handlers, ticks and audit of escalations."""
    from bot.config import settings as settings_of
    from bot.escalation import (
        escalate,
        facts,
        ladder,
        ladder_tables,
        listeners,
        page_answers,
        pager,
        renderers,
        tables,
        wording,
    )
    from bot.incidents import events
    from bot.incidents.facts import UNANSWERED_PAGES
    from bot.incidents.registry import PurgeRule, Section, SummaryPart, Tick
    from bot.incidents.summaries import WAITING
    from bot.runtime.network import Network

    registry.listeners.append(listeners.register)
    registry.command("page", listeners.page)
    registry.command("escalate", listeners.escalate_now)
    registry.help(Section.CHANNEL, 10, wording.HELP)
    registry.on(events.Declared, ladder.begin)
    registry.on(events.SeverityChanged, ladder.follow_severity)
    registry.on(events.Resolved, ladder.stop)
    registry.on(events.Declined, ladder.stop)
    registry.on(events.Merged, ladder.stop)
    registry.on(events.Closed, ladder.stop)
    registry.on(events.Reopened, ladder.reopen)
    registry.on(events.RoleChanged, ladder.follow_commander)
    registry.on(events.MembersChanged, page_answers.release_people_who_left)
    registry.on(events.HandoverUnaccepted, escalate.page_next_people)
    registry.on(events.AnswerOverdue, escalate.page_for_answer)
    registry.on(events.UpdateMissed, ladder.follow_missed_update)
    registry.ticks += [
        Tick("escalations", escalate.start_due, ladder_tables.NEXT_TURN),
        Tick("people on the way", escalate.ask_to_take_command, tables.NEXT_ARRIVAL),
        Tick("unanswered pages", escalate.record_silences, tables.NEXT_SILENCE),
    ]
    registry.summary_parts.append(SummaryPart(WAITING, "People paged", facts.people_awaited))
    registry.answers(UNANSWERED_PAGES, facts.unanswered_pages)
    registry.audits.append(facts.escalations_that_stopped)
    registry.parts.append(
        lambda settings, floor: pager.build_pager(
            floor.pager, settings_of.environment(), Network.of(settings.proxy, settings.ca_file)
        )
    )
    registry.kinds += renderers.KINDS
    registry.purge_rules += [PurgeRule("pages", ("reason",)), PurgeRule("ladder_rungs", (), {"early_because": ""})]
    registry.exports.append(facts.PAGES)
