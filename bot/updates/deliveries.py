"""Deliveries: an update on its way to each of its channels, each a row of the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.outbox.tables import OutboxRow
from bot.updates.tables import Promise


def add_deliveries(session: Session, promise: Promise, channels: Sequence[str], now: datetime) -> None:
    """Send an update to these channels. To each of them, updates go in the order in which they were composed."""
    for channel in channels:
        outbox.enqueue(
            session,
            kinds.UPDATE,
            f"{promise.key}:{channel}",
            now,
            incident_id=promise.incident_id,
            subject=str(promise.row),
            lane=f"update:{promise.incident_id}:{promise.audience}:{channel}",
            priority=outbox.URGENT,
        )


def channel_of(row: OutboxRow) -> str:
    """The channel as the floor's file names it."""
    return row.key.split(":", 4)[4]


def of_promise(session: Session, promise: Promise) -> Sequence[OutboxRow]:
    """Where an update goes."""
    return outbox.named(session, promise.incident_id, kinds.UPDATE, str(promise.row))


def of_incident(session: Session, incident_id: int) -> Sequence[OutboxRow]:
    """Every delivery of an incident's updates."""
    return outbox.named(session, incident_id, kinds.UPDATE)


def amend(session: Session, promise: Promise, now: datetime) -> None:
    """What is below the update changed: it is edited wherever it was sent."""
    outbox.edit_named(session, promise.incident_id, kinds.UPDATE, str(promise.row), now)


def drop(session: Session, promise: Promise) -> None:
    """It is not sent any more to the channels that it has not reached."""
    outbox.withdraw(session, promise.incident_id, kinds.UPDATE, str(promise.row))
