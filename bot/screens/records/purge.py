"""The purge: remove people's words from incidents that ended long ago; the figures stay.

An incident is purged in batches, each in its own transaction, and marked at the end, so that an interrupted run
resumes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from pydantic import BaseModel
from sqlmodel import Session, col, select

from bot.followups import tables as followups
from bot.incidents import incidents
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.database import Database, low_priority, without_time_limit
from bot.screens.records import purge_text
from bot.services import Services
from bot.timeline import erasure
from bot.timeline.tables import TimelineEntry

ENTRIES_AT_ONCE = 200
ROWS_AT_ONCE = 1_000
EVERY_S = 60 * 60

Report = Callable[[str], None]


class Purged(BaseModel):
    """The result of a purge, or of a dry run."""

    incidents: list[int] = []
    # Due but kept: by hand, or because a follow-up is still open.
    held: list[int] = []
    followed_up: list[int] = []
    rows: int = 0
    flows: int = 0

    def summary_lines(self, *, is_dry: bool) -> list[str]:
        """The result in sentences."""
        numbers = ", ".join(map(str, self.incidents)) or "none"
        sentences = [f"{'Words would be taken' if is_dry else 'Words were taken'} out of incidents: {numbers}."]
        if self.held:
            sentences.append(f"Kept by hand: {', '.join(map(str, self.held))}.")
        if self.followed_up:
            sentences.append(f"Kept while a follow-up is open: {', '.join(map(str, self.followed_up))}.")
        if not is_dry:
            sentences.append(
                f"{self.rows} rows lost words; the records of {self.flows} finished flows were deleted."
            )
        return sentences


def find_due(database: Database, before: datetime) -> Purged:
    """Return the incidents that are due: those that ended before the given time."""
    with database.reading() as session:
        due_incidents = _due_incidents(session, before)
        held_numbers = [incident.number for incident in due_incidents if incident.is_held]
        numbers_with_follow_ups = followups.incidents_with_open(
            session, [incident.number for incident in due_incidents]
        )
    numbers = [
        incident.number
        for incident in due_incidents
        if incident.number not in {*held_numbers, *numbers_with_follow_ups}
    ]
    return Purged(
        incidents=numbers, held=held_numbers, followed_up=sorted(numbers_with_follow_ups - set(held_numbers))
    )


def _due_incidents(session: Session, before: datetime) -> Sequence[Incident]:
    written_since = (
        select(TimelineEntry.id)
        .where(
            TimelineEntry.incident_id == Incident.id,
            col(TimelineEntry.at) > col(Incident.purged_at),
            col(TimelineEntry.at) <= before,
        )
        .exists()
    )
    has_new_text = sa.or_(col(Incident.purged_at) < col(Incident.closed_at), written_since)
    return session.exec(
        select(Incident)
        .where(col(Incident.closed_at) <= before, sa.or_(col(Incident.purged_at).is_(None), has_new_text))
        .order_by(col(Incident.id))
    ).all()


def purge(
    database: Database,
    registry: Registry,
    before: datetime,
    now: datetime,
    report: Report = lambda line: None,
    *,
    rows_at_once: int = ROWS_AT_ONCE,
) -> Purged:
    """Remove the words from every due incident; `report` gets a line for each."""
    purged = find_due(database, before)
    for number in purged.incidents:
        rows = purge_one(database, registry, number, now)
        purged.rows += rows
        report(f"Incident {number}: {rows} rows without words now.")
    for old in purge_text.old_text(registry, before):
        purged.rows += _remove_old(database, old, rows_at_once)
    return purged


def _remove_old(database: Database, old: purge_text.OldText, at_once: int) -> int:
    """Remove the words from old rows, some at a time. Finding them takes longest, and nobody waits for a read."""
    rows, last_id = 0, 0
    while True:
        with database.reading() as session:
            without_time_limit(session.connection())
            ids = purge_text.find_old(session, old, last_id, at_once)
        if not ids:
            return rows
        with database.transaction() as session:
            rows += purge_text.remove_old(session, old, ids)
        last_id = ids[-1]


def purge_one(database: Database, registry: Registry, number: int, now: datetime) -> int:
    """Remove the words from one incident. Return how many rows had some."""
    rows, last_erased = 0, 0
    while True:
        with database.transaction() as session:
            without_time_limit(session.connection())
            rows_erased, last_in_batch = erasure.erase_text(session, number, last_erased, ENTRIES_AT_ONCE)
        rows += rows_erased
        if last_in_batch is None:
            break
        last_erased = last_in_batch
    with database.transaction() as session:
        without_time_limit(session.connection())
        incident = incidents.by_number_locked(session, number)
        incident.purged_at = now
        if incident.channel_name:
            # The channel's name was derived from the title.
            incident.channel_name = f"inc-{number}"
        session.flush()
        return rows + purge_text.remove_text(session, registry, number)


def hold(database: Database, number: int, *, is_held: bool) -> None:
    """Exempt an incident from the purge, or end the exemption."""
    with database.transaction() as session:
        incident = incidents.by_number_locked(session, number)
        incident.is_held = is_held


def run_scheduled(services: Services) -> None:
    """Delete the records of finished flows, and purge words if the floor sets a retention time for them."""
    now, retention = utcnow(), services.floor.retention
    services.flows.delete_finished(retention.flows)
    if retention.words is not None:
        services.background.submit("purge", partial(_purge_at_low_priority, services, now - retention.words, now))


def _purge_at_low_priority(services: Services, before: datetime, now: datetime) -> None:
    with low_priority():
        purge(services.database, services.get(Registry), before, now)
    services.database.checkpoint()
