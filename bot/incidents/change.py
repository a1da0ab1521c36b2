"""A change to an incident: its author, time and transaction, its log entries and its consequences."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents
from bot.incidents.event_handlers import EventHandlers
from bot.incidents.events import Event
from bot.incidents.permissions import Permission, changing_as, check_permission
from bot.incidents.tables import Incident
from bot.services import Services
from bot.timeline import timeline

AFTER_COMMIT = "after commit"


class Change(Struct, frozen=True):
    """A transaction on one incident. `by` is the person who makes the change, or empty for the clock."""

    session: Session
    services: Services
    incident: Incident
    by: str
    now: datetime
    # What handlers tell the person, after the action's own answer.
    answers: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.incident.number

    def log(self, kind: str, **facts: Any) -> int:
        """Append an entry to the timeline. Return its number."""
        return timeline.append(self.session, self.number, kind, self.now, self.by or None, **facts)

    def log_once(self, source_key: str, kind: str, **facts: Any) -> bool:
        """Append an entry; False if one with this key is there, because the same form was sent before."""
        author_id = self.by or None
        return timeline.append_once(self.session, self.number, source_key, kind, self.now, author_id, **facts)

    def publish(self, event: Event) -> None:
        """Call every handler of the event within this transaction, in order of registration."""
        for handle in self.services.get(EventHandlers).of(type(event)):
            handle(self, event)

    def mark_stale(self, *kinds: str) -> None:
        """Have what Slack shows of the incident redrawn: everything, or only these kinds."""
        if kinds:
            outbox.mark_stale(self.session, self.number, kinds)
        else:
            outbox.mark_stale(self.session, self.number)

    def after_commit(self, key: str, act: Callable[[], None]) -> None:
        """Run `act` once the transaction is committed; acts with the same key run once."""
        self.session.info.setdefault(AFTER_COMMIT, {})[key] = act


def run_after_commit(notes: dict[str, Any]) -> None:
    """Run what a transaction deferred with `Change.after_commit`."""
    for act in notes.get(AFTER_COMMIT, {}).values():
        act()


@contextmanager
def changing(
    services: Services, number: int, by: str, now: datetime, permission: Permission | None = "lead"
) -> Iterator[Change]:
    """Open a transaction on an incident for a person with the permission; then redraw everything shown of it.

    Without a permission, any member who sees the incident may make the change, or the body checks it.
    """
    with changing_as(services, by) as session:
        incident = incidents.by_number_locked(session, number)
        incidents.check_visible(session, incident, by)
        if permission:
            check_permission(services, session, by, permission, number)
        change = Change(session, services, incident, by, now)
        yield change
        change.mark_stale()


@contextmanager
def changing_by_clock(services: Services, number: int, now: datetime) -> Iterator[Change]:
    """Open a transaction on an incident for the clock; the body says what is to be redrawn."""
    with services.database.transaction() as session:
        yield Change(session, services, incidents.by_number_locked(session, number), "", now)
