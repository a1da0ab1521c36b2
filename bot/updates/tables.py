"""Promises of updates, and their deliveries channel by channel."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.store import put_new, utc_column

WAITING = "waiting"
SENDING = "sending"
SENT = "sent"
DROPPED = "dropped"


class Promise(SQLModel, table=True):
    """An update promised to an audience for a certain minute."""

    __tablename__ = "promises"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "audience", "number"),
        sa.Index(
            "ix_promises_due",
            "due_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    audience: str
    number: int
    state: str = WAITING
    cadence_s: int | None = None
    promised_at: datetime = Field(sa_column=utc_column(nullable=False))
    due_at: datetime = Field(sa_column=utc_column(nullable=False))
    # What happens after it is news for the next one, however long Slack takes for this one.
    composed_at: datetime | None = Field(default=None, sa_column=utc_column())
    sent_at: datetime | None = Field(default=None, sa_column=utc_column())
    next_due_at: datetime | None = Field(default=None, sa_column=utc_column())
    missed: int = 0
    occasion: str = "clock"
    requested_by: str | None = None
    words: str = ""

    @property
    def key(self) -> str:
        """What tells this promise from every other."""
        return f"update:{self.incident_id}:{self.audience}:{self.number}"


class Delivery(SQLModel, table=True):
    """An update on its way to one channel."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.UniqueConstraint("promise_id", "channel"),)

    id: int | None = Field(default=None, primary_key=True)
    promise_id: int = Field(foreign_key="promises.id", index=True)
    channel: str
    channel_id: str | None = None
    ts: str | None = None
    attempted_at: datetime | None = Field(default=None, sa_column=utc_column())
    trouble: str | None = None


def promise(
    session: Session,
    incident_id: int,
    audience: str,
    due_at: datetime,
    now: datetime,
    cadence_s: int | None = None,
    occasion: str = "clock",
    words: str = "",
    requested_by: str | None = None,
) -> Promise:
    """Promise an update."""
    last = session.exec(
        select(sa.func.max(Promise.number)).where(Promise.incident_id == incident_id, Promise.audience == audience)
    ).one()
    made = Promise(
        incident_id=incident_id,
        audience=audience,
        number=(last or 0) + 1,
        due_at=due_at,
        promised_at=now,
        cadence_s=cadence_s,
        occasion=occasion,
        words=words,
        requested_by=requested_by,
    )
    session.add(made)
    session.flush()
    return made


def due(session: Session, now: datetime, limit: int = 200) -> Sequence[Promise]:
    """Promises whose minute has come, the oldest first."""
    return session.exec(
        select(Promise)
        .where(Promise.state == WAITING, col(Promise.due_at) <= now)
        .order_by(col(Promise.due_at))
        .limit(limit)
    ).all()


def next_due(session: Session) -> datetime | None:
    """When the next promise of any incident is due."""
    return session.exec(
        select(Promise.due_at).where(Promise.state == WAITING).order_by(col(Promise.due_at)).limit(1)
    ).first()


def waiting(session: Session, incident_id: int, audience: str | None = None) -> Sequence[Promise]:
    """What is promised and not yet sent."""
    found = select(Promise).where(Promise.incident_id == incident_id, Promise.state == WAITING)
    if audience:
        found = found.where(Promise.audience == audience)
    return session.exec(found.order_by(col(Promise.due_at))).all()


def incidents_with_promise(session: Session) -> set[int]:
    """The incidents that have an update promised or on its way."""
    states = (WAITING, SENDING)
    return set(session.exec(select(Promise.incident_id).where(col(Promise.state).in_(states)).distinct()))


def get(session: Session, promise_id: int) -> Promise:
    """The promise of that id, which must exist."""
    return session.exec(select(Promise).where(Promise.id == promise_id)).one()


def of_incident(session: Session, incident_id: int) -> Sequence[Promise]:
    """Every promise of an incident, in the order of their due times."""
    return session.exec(
        select(Promise)
        .where(Promise.incident_id == incident_id, Promise.state != DROPPED)
        .order_by(col(Promise.due_at), col(Promise.id))
    ).all()


def last_sent(session: Session, incident_id: int, audience: str) -> Promise | None:
    """The newest update this audience got."""
    return session.exec(
        select(Promise)
        .where(Promise.incident_id == incident_id, Promise.audience == audience, Promise.state == SENT)
        .order_by(col(Promise.number).desc())
        .limit(1)
    ).first()


def was_asked_for(session: Session, incident_id: int, occasion: str) -> bool:
    """Was an update asked for on this occasion before, by the same click or command delivered twice?"""
    found = select(Promise.id).where(Promise.incident_id == incident_id, Promise.occasion == occasion)
    return session.exec(found.limit(1)).first() is not None


def drop(session: Session, incident_id: int) -> None:
    """No more updates by the clock: the incident is over."""
    session.connection().execute(
        sa.update(Promise)
        .where(col(Promise.incident_id) == incident_id, col(Promise.state) == WAITING)
        .values(state=DROPPED)
    )


def drop_one(session: Session, promise: Promise) -> None:
    """This one is not to be kept: another takes its place, or nobody is left to tell."""
    if promise.state == WAITING:
        promise.state = DROPPED
        session.add(promise)


def overtake(session: Session, promise: Promise, due_before: datetime) -> datetime | None:
    """What was due by the clock long ago and reached nobody is not sent after all: `promise` says what is so now.

    Gives back when the first update that was missed by that was due.
    """
    earlier = (
        Promise.incident_id == promise.incident_id,
        Promise.audience == promise.audience,
        Promise.occasion == "clock",
        col(Promise.number) < promise.number,
    )
    arrived = select(Delivery.id).where(Delivery.promise_id == Promise.id, col(Delivery.ts).is_not(None))
    unsent = (Promise.state == SENDING, col(Promise.due_at) < due_before, ~arrived.exists())
    for overtaken in session.exec(select(Promise).where(*earlier, *unsent)):
        overtaken.state = DROPPED
        session.add(overtaken)
    last = last_sent(session, promise.incident_id, promise.audience)
    # Only what was composed has words: it was about to be sent when it was overtaken.
    composed = (Promise.state == DROPPED, Promise.words != "", col(Promise.number) > (last.number if last else 0))
    return session.exec(
        select(Promise.due_at).where(*earlier, *composed).order_by(col(Promise.number)).limit(1)
    ).first()


def arrive(session: Session, delivery: Delivery, channel_id: str, ts: str) -> None:
    """The update is in the channel."""
    delivery.channel_id, delivery.ts = channel_id, ts
    session.add(delivery)


def refuse(session: Session, delivery: Delivery, reason: str) -> None:
    """Slack will not take it there."""
    delivery.trouble = reason
    session.add(delivery)


def delivery(session: Session, promise_id: int, channel: str) -> Delivery:
    """The delivery of an update to a channel, made when it is first asked for."""
    put_new(session, Delivery(promise_id=promise_id, channel=channel))
    return session.exec(
        select(Delivery).where(Delivery.promise_id == promise_id, Delivery.channel == channel)
    ).one()


def deliveries(session: Session, incident_id: int) -> Sequence[Delivery]:
    """Every delivery of an incident's updates."""
    return session.exec(
        select(Delivery)
        .join(Promise, col(Promise.id) == col(Delivery.promise_id))
        .where(Promise.incident_id == incident_id)
        .order_by(col(Delivery.id))
    ).all()
