"""Deliveries: an update on its way to each of its channels."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.runtime.database import utc_column
from bot.updates.tables import Promise


class Delivery(SQLModel, table=True):
    """An update on its way to one channel."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.UniqueConstraint("promise_id", "channel"),)

    id: int | None = Field(default=None, primary_key=True)
    promise_id: int = Field(foreign_key="promises.id", index=True)
    channel: str
    channel_id: str | None = None
    ts: str | None = None
    # From here on whoever finds it without `ts` must look whether the message arrived.
    attempted_at: datetime | None = Field(default=None, sa_column=utc_column())
    trouble: str | None = None
    # Why it is not there yet, while Slack is asked again and again.
    hindrance: str | None = None

    @property
    def row(self) -> int:
        """Its key."""
        assert self.id is not None
        return self.id

    @property
    def is_over(self) -> bool:
        """Did it arrive, or will it never?"""
        return bool(self.ts or self.trouble)


def begin(session: Session, promise_id: int, channels: Sequence[str], now: datetime) -> list[Delivery]:
    """The deliveries of an update that is about to be sent for the first time."""
    begun = [Delivery(promise_id=promise_id, channel=channel, attempted_at=now) for channel in channels]
    session.add_all(begun)
    return begun


def arrive(session: Session, delivery: Delivery, channel_id: str, ts: str) -> None:
    """The update is in the channel."""
    delivery.channel_id, delivery.ts, delivery.hindrance = channel_id, ts, None
    session.add(delivery)


def refuse(session: Session, delivery: Delivery, reason: str) -> None:
    """Slack will not take it there."""
    delivery.trouble, delivery.hindrance = reason, None
    session.add(delivery)


def hinder(session: Session, delivery: Delivery, reason: str, *, is_certain: bool) -> None:
    """Slack did not take it yet; when that `is_certain`, nobody need look for it before it is sent again."""
    delivery.hindrance = reason
    if is_certain:
        delivery.attempted_at = None
    session.add(delivery)


def try_again(session: Session, delivery: Delivery, now: datetime) -> datetime | None:
    """It is being sent again; gives back when it was tried before and may have arrived."""
    before = delivery.attempted_at
    delivery.attempted_at = before or now
    session.add(delivery)
    return before


_OF_PROMISE = select(Delivery).where(Delivery.promise_id == sa.bindparam("of_promise")).order_by(col(Delivery.id))


def of_promise(session: Session, promise_id: int) -> Sequence[Delivery]:
    """Where an update goes."""
    return session.exec(_OF_PROMISE, params={"of_promise": promise_id}).all()


def of_incident(session: Session, incident_id: int) -> Sequence[Delivery]:
    """Every delivery of an incident's updates."""
    return session.exec(
        select(Delivery)
        .join(Promise, col(Promise.id) == col(Delivery.promise_id))
        .where(Promise.incident_id == incident_id)
        .order_by(col(Delivery.id))
    ).all()
