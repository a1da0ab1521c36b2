"""A change to an incident: who makes it, when, in which transaction; what it logs and what follows from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents
from bot.incidents.events import Event
from bot.incidents.permissions import Permission, check_member, check_permission
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.services import Services
from bot.timeline import timeline

AFTER_COMMIT = "after commit"


class Change(Struct, frozen=True):
    """A transaction on one incident. `by` is the person who makes the change; empty when the clock does."""

    session: Session
    services: Services
    incident: Incident
    by: str
    now: datetime
    # What handlers have to say to the person, behind the answer of the action itself.
    answers: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The incident's number."""
        return self.incident.number

    def log(self, kind: str, **facts: Any) -> int:
        """Write an entry into the timeline. Gives back its number."""
        return timeline.append(self.session, self.number, kind, self.now, self.by or None, **facts)

    def publish(self, event: Event) -> None:
        """Call every handler of the event, in the order of registration, within this transaction."""
        for handle in self.services.get(Registry).handlers_of(type(event)):
            handle(self, event)

    def mark_stale(self, *kinds: str) -> None:
        """What Slack shows of the incident must be drawn again: everything, or what is of these kinds."""
        if kinds:
            outbox.mark_stale(self.session, self.number, kinds)
        else:
            outbox.mark_stale(self.session, self.number)

    def after_commit(self, key: str, act: Callable[[], None]) -> None:
        """Do it once the transaction is committed; asked twice under one key, it is done once."""
        self.session.info.setdefault(AFTER_COMMIT, {})[key] = act


def run_after_commit(notes: dict[str, Any]) -> None:
    """Do what a transaction asked for with `Change.after_commit`."""
    for act in notes.get(AFTER_COMMIT, {}).values():
        act()


@contextmanager
def changing(
    services: Services, number: int, by: str, now: datetime, permission: Permission | None = "lead"
) -> Iterator[Change]:
    """A transaction on an incident by someone who may do it; afterwards everything shown of it is drawn again.

    Without a permission, what is done may be done by any member who sees the incident, or is checked within.
    """
    check_member(services, by)
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, number)
        incidents.check_visible(session, incident, by)
        if permission:
            check_permission(services, session, by, permission, number)
        change = Change(session, services, incident, by, now)
        yield change
        change.mark_stale()
