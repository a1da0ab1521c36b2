"""The front door: what callers hear because of an incident, and routing faults that a team is asked to look at."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register listeners, commands, playbook steps that switch messages, reminders, the guard, answers to nouns."""
    from bot.frontdoor import actions, answer_wording, facts, faults, listeners, reminders, renderers, tables
    from bot.frontdoor.facts import MESSAGES_ON
    from bot.incidents import events
    from bot.incidents.facts import CALLER_MESSAGES, CALLER_WORDING
    from bot.incidents.registry import PurgeRule, Section, SummaryPart, Tick
    from bot.incidents.summaries import CALLERS_HEAR

    registry.listeners.append(listeners.register)
    registry.command("frontdoor", listeners.front_door)
    registry.command("routing", listeners.routing)
    registry.help(Section.CHANNEL, 66, answer_wording.HELP)
    registry.on(events.FrontDoorSet, actions.follow_playbook)
    registry.on(events.Merged, actions.follow_merge)
    registry.on(events.Merged, faults.follow_merge)
    registry.on(events.Closed, faults.end_open)
    registry.on(events.Declined, faults.end_open)
    registry.ticks += [
        Tick("caller messages", reminders.remind, tables.NEXT_DUE),
        Tick("routing faults", faults.escalate, tables.NEXT_FAULT),
    ]
    # Named before the playbooks' objections, because callers notice it.
    registry.guards.insert(0, MESSAGES_ON)
    registry.summary_parts.append(SummaryPart(CALLERS_HEAR, "Callers hear", facts.lines))
    registry.answers(CALLER_WORDING, facts.wording)
    registry.answers(CALLER_MESSAGES, facts.history)
    registry.kinds += renderers.KINDS
    registry.without_text("caller_messages")
    registry.purge_rules += [
        PurgeRule("caller_message_versions", emptied={"texts": {}, "lines": []}),
        PurgeRule("routing_faults", ("wrong", "examples", "workaround", "answer")),
    ]
    registry.exports += [facts.MESSAGES, facts.ROUTING_FAULTS]
