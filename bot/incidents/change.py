"""The frame of every change to an incident: who may, one transaction, and what is shown of it drawn again."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from bot.incidents import tables as incidents
from bot.incidents.permissions import Deed, check, check_member
from bot.incidents.tables import Incident
from bot.outbox import tables as outbox
from bot.services import Services


@contextmanager
def changing(services: Services, number: int, by: str, deed: Deed = "lead") -> Iterator[tuple[Session, Incident]]:
    """A transaction on an incident by someone who may do it; afterwards everything shown of it is drawn again."""
    check_member(services, by)
    with services.store.transaction() as session:
        incident = incidents.locked(session, number)
        incidents.check_visible(session, incident, by)
        check(services, session, by, deed, number)
        yield session, incident
        outbox.mark_stale(session, number)
