"""The post-mortem draft."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Listeners, a command, uploaded versions, what follows from closing and reopening, delivery and reminders."""
    # Loaded here, so that whoever needs the tables alone need not load the listeners.
    from bot.incidents import events
    from bot.incidents.registry import Tick
    from bot.postmortems import delivery, listeners, reminders, request, tables, uploads

    registry.listeners.append(listeners.register)
    listeners.register_commands(registry)
    registry.record(uploads.keep, "message")
    registry.on(events.Closed, request.follow_close)
    registry.on(events.Reopened, request.put_aside)
    registry.ticks += [
        Tick("delivery of post-mortems", delivery.tick),
        Tick("reminders of post-mortems", reminders.tick, tables.NEXT_REMINDER),
    ]
