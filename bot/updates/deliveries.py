"""Deliveries: one outbox row for each channel of an update."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.config.floor import Audience, Floor
from bot.outbox import batches, kinds
from bot.outbox.batches import Batching
from bot.outbox.tables import OutboxRow
from bot.updates import due_promises
from bot.updates.tables import Promise

# How long an update waits for others due in the same minute.
WAIT_FOR_OTHERS = timedelta(seconds=30)


def add_deliveries(
    session: Session, floor: Floor, promise: Promise, channels: Sequence[str], now: datetime
) -> None:
    """Send an update to these channels. Each channel gets updates in the order in which they were composed.

    Updates due in one channel in the same minute are one message if their audiences share languages and standing.
    """
    audience = floor.audiences[promise.audience]
    similar_audiences = [
        name for name, other in floor.audiences.items() if name != promise.audience and _is_similar(other, audience)
    ]
    expected_audiences = {
        other.audience
        for other in due_promises.due_within(session, promise.incident_id, _minute_after(promise, now))
    }
    for channel in channels:
        is_waiting = any(
            channel in floor.audiences[name].channels for name in similar_audiences if name in expected_audiences
        )
        row = OutboxRow(
            key=f"{promise.key}:{channel}",
            kind=kinds.UPDATE,
            incident_id=promise.incident_id,
            subject=str(promise.row),
            priority=outbox.URGENT,
            retry_at=now,
        )
        standing = "outside" if audience.outside else "inside"
        group = f"update:{promise.incident_id}:{channel}:{'+'.join(audience.languages)}:{standing}"
        send_at = now + WAIT_FOR_OTHERS if is_waiting else now
        batching = Batching(group, send_at, incident_id=promise.incident_id)
        batches.add(session, row, batching, len(promise.text))


def _is_similar(one: Audience, other: Audience) -> bool:
    return (one.languages, one.outside) == (other.languages, other.outside)


def _minute_after(promise: Promise, now: datetime) -> datetime:
    """The end of the minute in which it is due, or in which it is composed if that is later."""
    return max(promise.due_at, now).replace(second=0, microsecond=0) + timedelta(minutes=1)


def channel_of(row: OutboxRow) -> str:
    """The channel's name in `floor.yaml`."""
    return row.key.split(":", 4)[4]


def of_promise(session: Session, promise: Promise) -> Sequence[OutboxRow]:
    """The deliveries of an update, or of the update to which it is added as a line."""
    return outbox.named(session, promise.incident_id, kinds.UPDATE, str(promise.shown_by))


def reached_channels(session: Session, promise: Promise) -> set[str]:
    """The channels in which the update's message can be edited."""
    rows = of_promise(session, promise)
    return {channel_of(row) for row in rows if row.ts is not None and row.refused is None}


def of_incident(session: Session, incident_id: int) -> Sequence[OutboxRow]:
    """Every delivery of an incident's updates."""
    return outbox.named(session, incident_id, kinds.UPDATE)


def amend(session: Session, promise: Promise, now: datetime) -> None:
    """Edit the update wherever it was sent, because the lines below it changed."""
    outbox.edit_named(session, promise.incident_id, kinds.UPDATE, str(promise.shown_by), now)


def drop(session: Session, promise: Promise) -> None:
    """Withdraw the update from the channels it has not reached."""
    outbox.withdraw(session, promise.incident_id, kinds.UPDATE, str(promise.row))
