"""Times when the bot did not listen: detected by its heartbeat, filled from Slack's history page by page."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, Row, UtcDateTime, insert_new, partial_index, utc_column

# Slack's history is newest first, so the channel is read backwards, then the threads.
CHANNEL, THREADS, FILLED, REFUSED = "channel", "threads", "filled", "refused"
UNFILLED = (CHANNEL, THREADS)
# Slack's clock and ours differ a little; reading a minute twice changes nothing.
CLOCK_MARGIN = timedelta(minutes=1)
# Threads that began up to this long before the gap are checked for replies that came during it.
THREADS_BEFORE = timedelta(days=1)


class Listening(Row, table=True):
    """The heartbeat: when a process last listened. One row."""

    __tablename__ = "listening"

    id: int = Field(default=1, primary_key=True)
    at: datetime = Field(sa_column=utc_column(nullable=False))


class Gap(Numbered, table=True):
    """A time when no process listened to an incident's channel, and how far it is filled."""

    __tablename__ = "timeline_gaps"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "until"),
        partial_index("ix_timeline_gaps_open", "id", where="state IN ('channel', 'threads')"),
    )

    incident_id: int = Field(foreign_key="incidents.id")
    since: datetime = Field(sa_column=utc_column(nullable=False))
    until: datetime = Field(sa_column=utc_column(nullable=False))
    state: str = CHANNEL
    # Everything in the channel from this message on has been read.
    read_to_ts: str
    # The parent messages of threads still to be read, each with the time to read from.
    threads: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    found: int = 0

    @property
    def oldest_ts(self) -> str:
        """The start of the missing messages."""
        return f"{(self.since - CLOCK_MARGIN).timestamp():.6f}"

    @property
    def oldest_thread_ts(self) -> str:
        """The start of the threads that are checked."""
        return f"{(self.since - CLOCK_MARGIN - THREADS_BEFORE).timestamp():.6f}"

    @property
    def until_ts(self) -> str:
        """The end in Slack's time format."""
        return f"{(self.until + CLOCK_MARGIN).timestamp():.6f}"


def record_heartbeat(session: Session, now: datetime, allowed_silence: timedelta) -> datetime | None:
    """Record that a process listens now. Return the last heartbeat if it is older than `allowed_silence`."""
    row = session.exec(select(Listening).with_for_update()).first()
    if row is None:
        insert_new(session, Listening(at=now))
        return None
    since, row.at = row.at, now
    return since if now - since > allowed_silence else None


def open_or_extend_gap(session: Session, incident_id: int, since: datetime, until: datetime, now: datetime) -> None:
    """Record that Slack holds messages back until then; a time that is not over yet becomes longer."""
    is_not_over = (Gap.incident_id == incident_id, Gap.state == CHANNEL, col(Gap.until) > now)
    gap = session.exec(select(Gap).where(*is_not_over).with_for_update()).first()
    if gap is None:
        open_gap(session, incident_id, since, until)
    else:
        gap.until = max(gap.until, until)
        gap.read_to_ts = gap.until_ts


# Built once, because they run every second.
_LAST_HEARTBEAT = sa.select(col(Listening.at))
_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcDateTime())
_UNFILLED = (
    sa.select(col(Gap.id))
    .where(col(Gap.state).in_(UNFILLED), col(Gap.until) <= _NOW)
    .order_by(col(Gap.id))
    .limit(200)
)


def last_heartbeat(session: Session) -> datetime | None:
    """When a process last recorded that it listens."""
    return session.connection().execute(_LAST_HEARTBEAT).scalar()


def open_gap(session: Session, incident_id: int, since: datetime, until: datetime) -> None:
    """Record once that no process listened to the incident's channel in that time."""
    gap = Gap(incident_id=incident_id, since=since, until=until, read_to_ts="")
    gap.read_to_ts = gap.until_ts
    insert_new(session, gap)


def unfilled_gap_ids(session: Session, now: datetime) -> list[int]:
    """The ids of the gaps that are over and still to be filled."""
    gap_ids = session.connection().execute(_UNFILLED, {"now": now}).scalars()
    return [number for number in gap_ids if number is not None]


def get(session: Session, number: int) -> Gap:
    """Return the gap with that number, which must exist."""
    return session.get_one(Gap, number)


def locked(session: Session, number: int) -> Gap:
    """Return the gap with that number, locked until the transaction ends."""
    return session.get_one(Gap, number, with_for_update=True)


def refused_since(session: Session, incident_id: int) -> datetime | None:
    """The start of the first gap whose messages Slack refused to show; None without one."""
    query = sa.select(sa.func.min(col(Gap.since))).where(
        col(Gap.incident_id) == incident_id, col(Gap.state) == REFUSED
    )
    return session.connection().execute(query).scalar()
