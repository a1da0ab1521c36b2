"""Absences, and every query on them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, utc_column


class Absence(Numbered, table=True):
    """A time in which a person is not available, whatever the roster says."""

    __tablename__ = "absences"
    __table_args__ = (sa.Index("ix_absences_user", "user_id", "ends_at"), sa.Index("ix_absences_ends", "ends_at"))

    # The form that entered it, so that a form sent twice makes one absence.
    key: str | None = Field(default=None, unique=True, index=True)
    user_id: str
    starts_at: datetime = Field(sa_column=utc_column(nullable=False))
    ends_at: datetime = Field(sa_column=utc_column(nullable=False))
    kind: str
    note: str = ""
    by: str
    entered_at: datetime = Field(sa_column=utc_column(nullable=False))
    cancelled_at: datetime | None = Field(default=None, sa_column=utc_column())
    # When to reassign what the person is accountable for; None once that is done.
    replaced_due_at: datetime | None = Field(default=None, sa_column=utc_column(index=True))


def absent_at(session: Session, moment: datetime) -> set[str]:
    query = select(Absence.user_id).where(
        col(Absence.ends_at) > moment, col(Absence.starts_at) <= moment, col(Absence.cancelled_at).is_(None)
    )
    return set(session.exec(query))


def absent_until(session: Session, user_id: str, moment: datetime) -> datetime | None:
    """Until when a person who is absent at a moment stays so; None for one who is not absent."""
    until = moment
    query = select(Absence).where(
        Absence.user_id == user_id, col(Absence.ends_at) > moment, col(Absence.cancelled_at).is_(None)
    )
    for absence in session.exec(query.order_by(col(Absence.starts_at))):
        if absence.starts_at > until:
            break
        until = max(until, absence.ends_at)
    return until if until > moment else None


def between(session: Session, start: datetime, end: datetime) -> Sequence[Absence]:
    """The absences that touch a period and were not taken back, by start."""
    query = select(Absence).where(
        col(Absence.ends_at) > start, col(Absence.starts_at) < end, col(Absence.cancelled_at).is_(None)
    )
    return session.exec(query.order_by(col(Absence.starts_at), col(Absence.id))).all()


def due(session: Session, now: datetime) -> Sequence[Absence]:
    """Absences that have begun and still need reassignments."""
    return session.exec(select(Absence).where(col(Absence.replaced_due_at) <= now).order_by(col(Absence.id))).all()


# When the next absence begins.
NEXT_DUE = sa.select(sa.func.min(col(Absence.replaced_due_at)))
