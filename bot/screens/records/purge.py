"""People's words taken out of what is over for long enough; the figures stay.

An incident is done batch by batch, each its own transaction, and marked at the end: whoever is cut off goes on.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from pydantic import BaseModel
from sqlmodel import Session, col, select

from bot.followups import tables as followups
from bot.incidents import tables as incidents
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.database import Store, patiently, without_time_limit
from bot.screens.records import purge_words
from bot.services import Services
from bot.timeline import erasing
from bot.timeline.tables import TimelineEntry

ENTRIES_AT_ONCE = 200
EVERY_S = 60 * 60

Tell = Callable[[str], None]


class Purged(BaseModel):
    """What was done, or would be."""

    incidents: list[int] = []
    # Kept although their time has come: by hand, or because something is still to be done.
    held: list[int] = []
    followed_up: list[int] = []
    rows: int = 0
    flows: int = 0

    def told(self, *, is_dry: bool) -> list[str]:
        """In sentences."""
        named = ", ".join(map(str, self.incidents)) or "none"
        said = [f"{'Words would be taken' if is_dry else 'Words were taken'} out of incidents: {named}."]
        if self.held:
            said.append(f"Kept by hand: {', '.join(map(str, self.held))}.")
        if self.followed_up:
            said.append(f"Kept while a follow-up is open: {', '.join(map(str, self.followed_up))}.")
        if not is_dry:
            said.append(f"{self.rows} rows lost words; the records of {self.flows} finished flows were deleted.")
        return said


def look(store: Store, before: datetime) -> Purged:
    """Which incidents have had their time: those that ended before a moment."""
    with store.reading() as session:
        due = _due(session, before)
        held = [incident.number for incident in due if incident.is_held]
        busy = followups.with_open_ones(session, [incident.number for incident in due])
    numbers = [incident.number for incident in due if incident.number not in {*held, *busy}]
    return Purged(incidents=numbers, held=held, followed_up=sorted(busy - set(held)))


def _due(session: Session, before: datetime) -> Sequence[Incident]:
    said_since = (
        select(TimelineEntry.id)
        .where(
            TimelineEntry.incident_id == Incident.id,
            col(TimelineEntry.at) > col(Incident.purged_at),
            col(TimelineEntry.at) <= before,
        )
        .exists()
    )
    again = sa.or_(col(Incident.purged_at) < col(Incident.closed_at), said_since)
    return session.exec(
        select(Incident)
        .where(col(Incident.closed_at) <= before, sa.or_(col(Incident.purged_at).is_(None), again))
        .order_by(col(Incident.id))
    ).all()


def purge(
    store: Store, registry: Registry, before: datetime, now: datetime, tell: Tell = lambda words: None
) -> Purged:
    """Take the words out of every incident whose time has come; `tell` hears of each."""
    found = look(store, before)
    for number in found.incidents:
        rows = purge_one(store, registry, number, now)
        found.rows += rows
        tell(f"Incident {number}: {rows} rows without words now.")
    with store.transaction() as session:
        without_time_limit(session.connection())
        found.rows += purge_words.remove_old_notices(session, registry, before)
    return found


def purge_one(store: Store, registry: Registry, number: int, now: datetime) -> int:
    """Take the words out of one incident; gives back how many rows had some."""
    rows, after = 0, 0
    while True:
        with store.transaction() as session:
            without_time_limit(session.connection())
            changed, last = erasing.erase_words(session, number, after, ENTRIES_AT_ONCE)
        rows += changed
        if last is None:
            break
        after = last
    with store.transaction() as session:
        without_time_limit(session.connection())
        incident = incidents.locked(session, number)
        incident.purged_at = now
        if incident.channel_name:
            # It was made of the title.
            incident.channel_name = f"inc-{number}"
        session.add(incident)
        session.flush()
        return rows + purge_words.remove(session, registry, number)


def hold(store: Store, number: int, *, is_held: bool) -> None:
    """Keep an incident's words whatever their age, or no longer."""
    with store.transaction() as session:
        incident = incidents.locked(session, number)
        incident.is_held = is_held
        session.add(incident)


def by_clock(services: Services) -> None:
    """What the floor wants forgotten: the records of finished flows, and words if a time is set for them."""
    now, retention = utcnow(), services.floor.retention
    services.flows.forget_finished(retention.flows)
    if retention.words is not None:
        services.soon.do("purge", partial(_purge_patiently, services, now - retention.words, now))


def _purge_patiently(services: Services, before: datetime, now: datetime) -> None:
    with patiently():
        purge(services.store, services.get(Registry), before, now)
    services.store.let_go()
