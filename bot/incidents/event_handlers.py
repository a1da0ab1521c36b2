"""The handlers of each event, which a change calls within its transaction."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from bot.incidents.events import Event

# Called with the change and the event.
Handler = Callable[[Any, Any], None]


class EventHandlers(Struct):
    """The handlers of each event, in the order in which nouns registered them."""

    by_event: dict[type[Event], list[Handler]] = field(default_factory=dict)

    def add(self, event: type[Event], handler: Handler) -> None:
        self.by_event.setdefault(event, []).append(handler)

    def of(self, event: type[Event]) -> Sequence[Handler]:
        return self.by_event.get(event, ())
