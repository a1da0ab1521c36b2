"""Partners: who must be told of an incident, who answered, and who is silent."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Listeners, a command, the events that partners follow, and the tick for what is due about them."""
    # Loaded here, so that whoever needs the tables alone need not load the listeners.
    from bot.incidents import events
    from bot.incidents.registry import TableWords, Tick
    from bot.partners import exporting, handlers, listeners, notice_actions, renderers, tables, updates

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
    registry.on(events.Declared, handlers.begin)
    registry.on(events.SeverityChanged, handlers.follow_severity)
    registry.on(events.ScopeChanged, handlers.follow_scope)
    registry.on(events.StatusChanged, handlers.follow_status)
    registry.on(events.Resolved, handlers.give_all_clear)
    registry.on(events.Declined, handlers.say_false_alarm)
    registry.on(events.Merged, handlers.say_merged)
    registry.on(events.MadePrivate, handlers.follow_privacy)
    registry.on(events.Reopened, handlers.reopen_notices)
    registry.on(events.UpdateDue, updates.post_updates)
    registry.on(events.UpdateAmended, updates.edit_footers)
    registry.ticks.append(Tick("partners", notice_actions.start_due, tables.NEXT_DUE))
    registry.kinds += renderers.KINDS
    registry.words.append(TableWords("partner_notices"))
    registry.exports.append(exporting.PARTNERS)
