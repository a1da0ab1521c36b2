"""People whose accounts are deactivated: nouns that count on them are called."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field
from sqlmodel import Session

from bot.services import Services

Handler = Callable[[Services, str], None]
Within = Callable[[Session, Services, str, datetime], None]


class Departures(Struct):
    """Who is told, in order. Handlers are called outside a transaction, and perhaps again for the same person.

    Those in `within` are called in the transaction that records it: what may not wait an instant.
    """

    handlers: list[Handler] = field(default_factory=list)
    within: list[Within] = field(default_factory=list)

    def record(self, session: Session, services: Services, user_id: str, now: datetime) -> None:
        """Somebody is gone from this transaction on."""
        for handle in self.within:
            handle(session, services, user_id, now)

    def announce(self, services: Services, user_id: str) -> None:
        """Somebody is gone."""
        for handle in self.handlers:
            handle(services, user_id)
