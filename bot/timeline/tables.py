"""The timeline: one row for each thing that happened, in the order it happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.store import put_new, utc_column


class TimelineEntry(SQLModel, table=True):
    """Something that happened: what (`kind`), when, who did it, and the facts of it."""

    __tablename__ = "timeline_entries"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "source_key"),
        sa.Index("ix_timeline_entries_order", "incident_id", "at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    at: datetime = Field(sa_column=utc_column(nullable=False))
    kind: str
    actor_id: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    message_ts: str | None = None
    # What the entry was made from, such as a message; a second delivery of it changes nothing.
    source_key: str | None = None


def append(
    session: Session,
    incident_id: int,
    kind: str,
    at: datetime,
    actor_id: str | None = None,
    **facts: Any,
) -> TimelineEntry:
    """Write down that something happened."""
    entry = TimelineEntry(incident_id=incident_id, kind=kind, at=at, actor_id=actor_id, facts=facts)
    session.add(entry)
    return entry


def append_once(
    session: Session,
    incident_id: int,
    source_key: str,
    kind: str,
    at: datetime,
    actor_id: str | None = None,
    **facts: Any,
) -> None:
    """Write down what may be heard of, or done, twice."""
    put_new(
        session,
        TimelineEntry(
            incident_id=incident_id, kind=kind, at=at, actor_id=actor_id, facts=facts, source_key=source_key
        ),
    )


def record_message(
    session: Session, incident_id: int, at: datetime, actor_id: str, message_ts: str, facts: dict[str, Any]
) -> bool:
    """Keep a message as it was said; False when it was kept before."""
    return put_new(
        session,
        TimelineEntry(
            incident_id=incident_id,
            at=at,
            kind="message",
            actor_id=actor_id,
            facts=facts,
            message_ts=message_ts,
            source_key=f"message:{message_ts}",
        ),
    )


def edit_message(session: Session, incident_id: int, message_ts: str, text: str, at: datetime) -> None:
    """A message was edited: both versions are kept."""
    entry = _by_source(session, incident_id, f"message:{message_ts}")
    if entry is None or entry.facts.get("text") == text:
        return
    earlier = [*entry.facts.get("earlier", []), entry.facts.get("text", "")]
    entry.facts = entry.facts | {"text": text, "earlier": earlier, "edited_at": at.isoformat()}
    session.add(entry)


def mark_deleted(session: Session, incident_id: int, message_ts: str, at: datetime) -> None:
    """A message was deleted: the fact is kept."""
    entry = _by_source(session, incident_id, f"message:{message_ts}")
    if entry is not None:
        entry.facts = entry.facts | {"deleted_at": at.isoformat()}
        session.add(entry)


def mark(session: Session, incident_id: int, message_ts: str, by: str, *, is_marked: bool) -> None:
    """Someone says a message matters, or no longer does."""
    entry = _by_source(session, incident_id, f"message:{message_ts}")
    if entry is not None:
        markers = [user for user in entry.facts.get("marked_by", []) if user != by]
        entry.facts = entry.facts | {"marked_by": [*markers, by] if is_marked else markers}
        session.add(entry)


def entries(session: Session, incident_id: int) -> Sequence[TimelineEntry]:
    """The whole timeline: by time, then in the order things were written down."""
    return session.exec(
        select(TimelineEntry)
        .where(TimelineEntry.incident_id == incident_id)
        .order_by(col(TimelineEntry.at), col(TimelineEntry.id))
    ).all()


def since(session: Session, incident_id: int, moment: datetime, kinds: Sequence[str]) -> Sequence[TimelineEntry]:
    """Entries of those kinds after a moment."""
    return session.exec(
        select(TimelineEntry)
        .where(
            TimelineEntry.incident_id == incident_id,
            col(TimelineEntry.at) > moment,
            col(TimelineEntry.kind).in_(kinds),
        )
        .order_by(col(TimelineEntry.at), col(TimelineEntry.id))
    ).all()


def last_of(session: Session, incident_id: int, kinds: Sequence[str]) -> TimelineEntry | None:
    """The newest entry of one of those kinds."""
    return session.exec(
        select(TimelineEntry)
        .where(TimelineEntry.incident_id == incident_id, col(TimelineEntry.kind).in_(kinds))
        .order_by(col(TimelineEntry.id).desc())
        .limit(1)
    ).first()


def _by_source(session: Session, incident_id: int, source_key: str) -> TimelineEntry | None:
    return session.exec(
        select(TimelineEntry).where(
            TimelineEntry.incident_id == incident_id, TimelineEntry.source_key == source_key
        )
    ).first()
