"""The weekly digests of follow-ups; each week is recorded once across all replicas."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Row, insert_new, utc_column


class FollowUpDigest(Row, table=True):
    """A week whose digest was posted or skipped."""

    __tablename__ = "follow_up_digests"

    week: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=utc_column(nullable=False))


# Built once, because it runs every second.
_WEEK = sa.select(col(FollowUpDigest.week)).where(col(FollowUpDigest.week) == sa.bindparam("of_week"))


def is_settled(session: Session, due_at: datetime) -> bool:
    return session.connection().execute(_WEEK, {"of_week": _week(due_at)}).first() is not None


def is_first(session: Session) -> bool:
    """True if there was no digest before; a new floor has no last week to report."""
    return session.exec(select(FollowUpDigest.week).limit(1)).first() is None


def mark_settled(session: Session, due_at: datetime) -> bool:
    """Mark the week's digest as settled; False if another process has done so."""
    return insert_new(session, FollowUpDigest(week=_week(due_at), due_at=due_at))


def _week(due_at: datetime) -> str:
    return f"{due_at:%Y-%m-%d}"
