"""The incident: the noun on which everything else depends."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """`/incident` and its own commands, buttons and forms, Slack's events, the home tab."""
    from bot.incidents import (
        bridges,
        checklist,
        commands,
        declaring_listeners,
        dispatch,
        dropped_files,
        events,
        home,
        idle,
        listeners,
        people,
        renderers,
        roles,
        situation_tables,
        summaries,
        wording,
    )
    from bot.incidents.limits import PersonLimits
    from bot.incidents.registry import PurgeRule, Section, Tick

    registry.listeners += [dispatch.register, declaring_listeners.register, listeners.register]
    commands.register(registry)
    registry.command("bridge", bridges.bridge)
    registry.help(Section.CHANNEL, 5, wording.HELP_BRIDGE)
    registry.parts.append(lambda settings, floor: PersonLimits(floor.limits))
    registry.kinds += renderers.KINDS
    followed = (
        events.Declared,
        events.DeclaredAfterwards,
        events.SeverityChanged,
        events.Resolved,
        events.Reopened,
    )
    for event in followed:
        registry.on(event, idle.schedule)
    registry.ticks.append(Tick("idle incidents", idle.ask_leads, idle.NEXT_CHECK))
    registry.summary_parts += summaries.PARTS
    registry.checklist += checklist.ITEMS
    registry.record(home.refresh_home, "app_home_opened")
    registry.record(dropped_files.answer_unreadable, "message")
    registry.departures.append(roles.release_all)
    registry.people += [people.holders_of_role, people.person_or_group]
    registry.without_text("participants", "role_holders", "related_incidents")
    registry.without_text("pending_declarations")  # emptied once decided, deleted after a week
    registry.purge_rules += [
        PurgeRule("incidents", ("title", "description", "impact", "cause", "bridge", "search_text")),
        PurgeRule("situation_values", ("text", "original")),
    ]
    registry.exports.append(situation_tables.SITUATION)
