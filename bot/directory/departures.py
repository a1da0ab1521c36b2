"""Deactivated accounts: calls the nouns that depend on the person."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field
from sqlmodel import Session

from bot.services import Services

Handler = Callable[[Services, str], None]
HandlerInTransaction = Callable[[Session, Services, str, datetime], None]


class Departures(Struct):
    """The callbacks, in order. `handlers` are called outside a transaction, perhaps again for the same person.

    Those in `handlers_in_transaction` are called in the transaction that records the departure, for what may not
    wait an instant.
    """

    handlers: list[Handler] = field(default_factory=list)
    handlers_in_transaction: list[HandlerInTransaction] = field(default_factory=list)

    def record(self, session: Session, services: Services, user_id: str, now: datetime) -> None:
        """Call the callbacks that run in the transaction that records the departure."""
        for handle in self.handlers_in_transaction:
            handle(session, services, user_id, now)

    def announce(self, services: Services, user_id: str) -> None:
        """Call the handlers after the departure is recorded."""
        for handle in self.handlers:
            handle(services, user_id)
