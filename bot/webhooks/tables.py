"""Events and the systems they were sent to, kept so that they can be resent by hand; every query on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, utc_column

# Why it will not be delivered, instead of a time of delivery.
WITHHELD, GIVEN_UP = "withheld", "given up"


class Delivery(Numbered, table=True):
    """One event for one system. The body is what was true when the event happened."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (sa.Index("ix_webhook_deliveries_at", "webhook_name", "at"),)

    webhook_name: str
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    # The same for every system and for every resend.
    event_key: str
    kind: str
    body: dict[str, Any] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON(), nullable=False))
    at: datetime = Field(sa_column=utc_column(nullable=False))
    delivered_at: datetime | None = Field(default=None, sa_column=utc_column())
    state: str = ""
    # How often a resend was requested.
    replays: int = 0


def delivery(session: Session, delivery_id: int) -> Delivery | None:
    return session.get(Delivery, delivery_id)


def settle(session: Session, delivery_id: int, state: str, now: datetime) -> None:
    """Record that a delivery was accepted, or why it never will be."""
    values: dict[str, Any] = {"state": state} | ({} if state else {"delivered_at": now})
    session.connection().execute(sa.update(Delivery).where(col(Delivery.id) == delivery_id).values(**values))


def withhold(session: Session, incident_id: int) -> None:
    """Send no more events of this incident, and delete the stored bodies."""
    statement = sa.update(Delivery).where(col(Delivery.incident_id) == incident_id)
    session.connection().execute(statement.values(body={}))
    unsent_statement = statement.where(col(Delivery.delivered_at).is_(None))
    session.connection().execute(unsent_statement.values(state=WITHHELD))


def given_up(session: Session, webhook_names: Collection[str], since: datetime) -> dict[str, int]:
    """How many events since then were given up, by the name of the webhook."""
    query = (
        sa.select(col(Delivery.webhook_name), sa.func.count())
        .where(
            col(Delivery.webhook_name).in_(webhook_names),
            col(Delivery.at) >= since,
            col(Delivery.state) == GIVEN_UP,
        )
        .group_by(col(Delivery.webhook_name))
    )
    return {name: int(count) for name, count in session.connection().execute(query)}


def since(session: Session, webhook: str, at: datetime) -> Sequence[Delivery]:
    """The deliveries for a system since then, in order, without those that were withheld."""
    query = select(Delivery).where(
        Delivery.webhook_name == webhook, col(Delivery.at) >= at, Delivery.state != WITHHELD
    )
    return session.exec(query.order_by(col(Delivery.id)).with_for_update()).all()
