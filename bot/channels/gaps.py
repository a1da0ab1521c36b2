"""When the bot did not listen: known by its heartbeat, filled from Slack's history page by page."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, Row, insert_new, partial_index, utc_column

# Messages wait in Slack's history newest first: it is read backwards, then the threads.
CHANNEL, THREADS, FILLED, REFUSED = "channel", "threads", "filled", "refused"
UNFILLED = (CHANNEL, THREADS)
# The clock of Slack and ours differ a little; reading a minute twice changes nothing.
CLOCK_MARGIN = timedelta(minutes=1)
# Threads that began so long before the gap are looked at for answers that came during it.
THREADS_BEFORE = timedelta(days=1)


class Listening(Row, table=True):
    """The heartbeat: when some process last listened. One row."""

    __tablename__ = "listening"

    id: int = Field(default=1, primary_key=True)
    at: datetime = Field(sa_column=utc_column(nullable=False))


class Gap(Numbered, table=True):
    """A time in which nobody listened to an incident's channel, and how far it is filled."""

    __tablename__ = "timeline_gaps"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "until"),
        partial_index("ix_timeline_gaps_open", "id", where="state IN ('channel', 'threads')"),
    )

    incident_id: int = Field(foreign_key="incidents.id")
    since: datetime = Field(sa_column=utc_column(nullable=False))
    until: datetime = Field(sa_column=utc_column(nullable=False))
    state: str = CHANNEL
    # Everything in the channel from this message on is read.
    read_to_ts: str
    # The first messages of threads that are still to be read.
    threads: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    found: int = 0

    @property
    def oldest_ts(self) -> str:
        """From where on messages are missing."""
        return f"{(self.since - CLOCK_MARGIN).timestamp():.6f}"

    @property
    def oldest_thread_ts(self) -> str:
        """From where on threads are looked at."""
        return f"{(self.since - CLOCK_MARGIN - THREADS_BEFORE).timestamp():.6f}"

    @property
    def until_ts(self) -> str:
        """The end as Slack writes times."""
        return f"{(self.until + CLOCK_MARGIN).timestamp():.6f}"


def record_heartbeat(session: Session, now: datetime, allowed_silence: timedelta) -> datetime | None:
    """Somebody listens now. Gives back since when nobody did, if that is longer ago than `longest`."""
    row = session.exec(select(Listening).with_for_update()).first()
    if row is None:
        insert_new(session, Listening(at=now))
        return None
    since, row.at = row.at, now
    session.add(row)
    return since if now - since > allowed_silence else None


# Asked every second: put together once.
_LAST_HEARTBEAT = sa.select(col(Listening.at))
_UNFILLED = sa.select(col(Gap.id)).where(col(Gap.state).in_(UNFILLED)).order_by(col(Gap.id)).limit(200)


def last_heartbeat(session: Session) -> datetime | None:
    """When somebody last said that they listen."""
    return session.connection().execute(_LAST_HEARTBEAT).scalar()


def open_gap(session: Session, incident_id: int, since: datetime, until: datetime) -> None:
    """Nobody listened there in that time; noted once."""
    gap = Gap(incident_id=incident_id, since=since, until=until, read_to_ts="")
    gap.read_to_ts = gap.until_ts
    insert_new(session, gap)


def unfilled(session: Session) -> list[int]:
    """The gaps that are still to be filled."""
    return [number for number in session.connection().execute(_UNFILLED).scalars() if number is not None]


def get(session: Session, number: int) -> Gap:
    """The gap of that number, which must exist."""
    return session.exec(select(Gap).where(Gap.id == number)).one()


def locked(session: Session, number: int) -> Gap:
    """The same, kept from being changed by others until the transaction ends."""
    return session.exec(select(Gap).where(Gap.id == number).with_for_update()).one()


def refused_since(session: Session, incident_id: int) -> datetime | None:
    """Since when Slack has not shown what was said, if it ever refused to."""
    first = sa.select(sa.func.min(col(Gap.since))).where(
        col(Gap.incident_id) == incident_id, col(Gap.state) == REFUSED
    )
    return session.connection().execute(first).scalar()


def update_gap(session: Session, gap: Gap, **changes: Any) -> None:
    """How far it is filled now."""
    for name, value in changes.items():
        setattr(gap, name, value)
    session.add(gap)
