"""What was read from each source, how far, and when it is read next; every query on it."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, insert_new, next_due, partial_index, utc_column


class Feed(Numbered, table=True):
    """One kind of rows of one source. The cursor moves in the transaction that stores the rows before it."""

    __tablename__ = "feeds"
    __table_args__ = (
        sa.UniqueConstraint("source", "stream"),
        partial_index("ix_feeds_next", "next_at", where="next_at IS NOT NULL"),
        partial_index("ix_feeds_ask", "ask_at", where="ask_at IS NOT NULL"),
    )

    source: str
    stream: str
    cursor: str = ""
    # Also identifies pages: a page is stored only right after the one that was read before it.
    pages: int = 0
    rows: int = 0
    # None while it is being read, and once it is no longer read.
    next_at: datetime | None = Field(default=None, sa_column=utc_column())
    read_at: datetime | None = Field(default=None, sa_column=utc_column())
    complete_until: datetime | None = Field(default=None, sa_column=utc_column())
    # When its source is asked for the rows that are open here; None if its kind of rows is not asked for.
    ask_at: datetime | None = Field(default=None, sa_column=utc_column())
    failures: int = 0
    # Why it could not be read; empty if it could.
    error: str = ""


NEXT_READ = next_due(col(Feed.next_at))
NEXT_ASK = next_due(col(Feed.ask_at))


def feed(session: Session, source: str, stream: str) -> Feed | None:
    """The feed for one kind of rows of a source, if there is one."""
    return session.exec(select(Feed).where(Feed.source == source, Feed.stream == stream)).first()


def feed_locked(session: Session, source: str, stream: str) -> Feed:
    """The same feed, with its row locked for a change."""
    query = select(Feed).where(Feed.source == source, Feed.stream == stream).with_for_update()
    return session.exec(query).one()


def every_feed(session: Session) -> Sequence[Feed]:
    return session.exec(select(Feed).order_by(Feed.source, Feed.stream)).all()


def due(session: Session, now: datetime) -> Sequence[Feed]:
    """The feeds to read now, longest due first."""
    return session.exec(select(Feed).where(col(Feed.next_at) <= now).order_by(col(Feed.next_at)).limit(20)).all()


def to_ask(session: Session, now: datetime) -> Sequence[Feed]:
    """The feeds whose source is to be asked now, with their rows locked."""
    query = select(Feed).where(col(Feed.ask_at) <= now).order_by(col(Feed.id))
    return session.exec(query.with_for_update(skip_locked=True)).all()


def ask_at(session: Session, source: str, stream: str, at: datetime) -> None:
    """Set when the source is asked next."""
    update = sa.update(Feed).where(col(Feed.source) == source, col(Feed.stream) == stream)
    session.connection().execute(update.values(ask_at=at))


def begin(session: Session, feed: Feed) -> None:
    """Clear the due time of a feed that is being read, unless it was rescheduled meanwhile."""
    update = sa.update(Feed).where(col(Feed.id) == feed.number, col(Feed.next_at) == feed.next_at)
    session.connection().execute(update.values(next_at=None))


def schedule_feeds(
    session: Session, used_feeds: Collection[tuple[str, str]], asked_streams: Collection[str], now: datetime
) -> None:
    """Schedule a feed for each of these; others are no longer read, but are kept in case they come back."""
    for source, stream in sorted(used_feeds):
        insert_new(session, Feed(source=source, stream=stream, next_at=now))
    for row in every_feed(session):
        is_used = (row.source, row.stream) in used_feeds
        if is_used and row.next_at is None:
            # Not read until now, or left behind by a process that ended; if its flow still runs, that does no harm.
            row.next_at = now
        elif not is_used:
            row.next_at = None
        is_asked = is_used and row.stream in asked_streams
        row.ask_at = (row.ask_at or now) if is_asked else None
