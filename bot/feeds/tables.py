"""What was read of each source, how far, and when it is read next; every query on it."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, insert_new, partial_index, utc_column


class Feed(Numbered, table=True):
    """One kind of rows of one source. The cursor moves in the transaction that stores the rows before it."""

    __tablename__ = "feeds"
    __table_args__ = (
        sa.UniqueConstraint("source", "stream"),
        partial_index("ix_feeds_next", "next_at", where="next_at IS NOT NULL"),
    )

    source: str
    stream: str
    cursor: str = ""
    # Also tells pages apart: a page is stored only behind the one that was read before it.
    pages: int = 0
    rows: int = 0
    # None while it is being read, and when nothing reads it any more.
    next_at: datetime | None = Field(default=None, sa_column=utc_column())
    read_at: datetime | None = Field(default=None, sa_column=utc_column())
    complete_until: datetime | None = Field(default=None, sa_column=utc_column())
    failures: int = 0
    # Why it could not be read; empty when it could.
    error: str = ""


NEXT_READ = select(sa.func.min(col(Feed.next_at))).where(col(Feed.next_at).is_not(None))


def feed(session: Session, source: str, stream: str) -> Feed | None:
    """What was read of one kind of rows."""
    return session.exec(select(Feed).where(Feed.source == source, Feed.stream == stream)).first()


def feed_locked(session: Session, source: str, stream: str) -> Feed:
    """Likewise, for the person who changes it."""
    query = select(Feed).where(Feed.source == source, Feed.stream == stream).with_for_update()
    return session.exec(query).one()


def every_feed(session: Session) -> Sequence[Feed]:
    """All of them, by source."""
    return session.exec(select(Feed).order_by(Feed.source, Feed.stream)).all()


def due(session: Session, now: datetime) -> Sequence[Feed]:
    """What is to be read now, longest due first."""
    return session.exec(select(Feed).where(col(Feed.next_at) <= now).order_by(col(Feed.next_at)).limit(20)).all()


def begin(session: Session, feed: Feed) -> None:
    """It is being read since its due time; one that was planned anew meanwhile stays planned."""
    mine = sa.update(Feed).where(col(Feed.id) == feed.number, col(Feed.next_at) == feed.next_at)
    session.connection().execute(mine.values(next_at=None))


def keep(session: Session, wanted: Collection[tuple[str, str]], now: datetime) -> None:
    """There is a feed for each of these; others are not read any more, but known if they come back."""
    for source, stream in sorted(wanted):
        insert_new(session, Feed(source=source, stream=stream, next_at=now))
    for known in every_feed(session):
        is_wanted = (known.source, known.stream) in wanted
        if is_wanted and known.next_at is None:
            # Not read any more until now, or left by a process that ended: its flow goes on besides, harmlessly.
            known.next_at = now
        elif not is_wanted:
            known.next_at = None
        session.add(known)
