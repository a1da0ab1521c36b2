"""What was sent to which system, so that it can be sent again by hand; every query on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, utc_column

# Instead of a time of delivery: why it will not be delivered.
WITHHELD, GIVEN_UP = "withheld", "given up"


class Delivery(Numbered, table=True):
    """One event for one system. The body is what was true when it happened."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (sa.Index("ix_webhook_deliveries_at", "webhook_name", "at"),)

    webhook_name: str
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    # The same for every system, and when it is sent again.
    event_key: str
    kind: str
    body: dict[str, Any] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON(), nullable=False))
    at: datetime = Field(sa_column=utc_column(nullable=False))
    delivered_at: datetime | None = Field(default=None, sa_column=utc_column())
    state: str = ""
    # How often somebody asked for it again.
    replays: int = 0


def add(session: Session, delivery: Delivery) -> Delivery:
    """A new one, with its number."""
    session.add(delivery)
    session.flush()
    return delivery


def delivery(session: Session, delivery_id: int) -> Delivery | None:
    """One of them."""
    return session.get(Delivery, delivery_id)


def settle(session: Session, delivery_id: int, state: str, now: datetime) -> None:
    """It was taken, or never will be."""
    values: dict[str, Any] = {"state": state} | ({} if state else {"delivered_at": now})
    session.connection().execute(sa.update(Delivery).where(col(Delivery.id) == delivery_id).values(**values))


def withhold(session: Session, incident_id: int) -> None:
    """Nothing of this incident is sent any more, and what was kept of it is gone."""
    its = sa.update(Delivery).where(col(Delivery.incident_id) == incident_id)
    session.connection().execute(its.values(body={}))
    waiting = its.where(col(Delivery.delivered_at).is_(None))
    session.connection().execute(waiting.values(state=WITHHELD))


def since(session: Session, webhook: str, at: datetime) -> Sequence[Delivery]:
    """What was for a system since then, in order, without what was withheld."""
    query = select(Delivery).where(
        Delivery.webhook_name == webhook, col(Delivery.at) >= at, Delivery.state != WITHHELD
    )
    return session.exec(query.order_by(col(Delivery.id)).with_for_update()).all()
