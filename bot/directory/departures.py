"""People whose accounts are deactivated: whoever counts on them hears of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.services import Services

Handler = Callable[[Services, str], None]


@dataclass
class Departures:
    """Who is told, in order. Handlers are called outside a transaction, and perhaps again for the same person."""

    handlers: list[Handler] = field(default_factory=list)

    def announce(self, services: Services, user_id: str) -> None:
        """Somebody is gone."""
        for handle in self.handlers:
            handle(services, user_id)
