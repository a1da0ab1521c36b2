"""Planned changes; every query on them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.changes.rules import AFTER, BEFORE, Scope, State
from bot.errors import WatchfloorError, require
from bot.runtime.database import Numbered, due_rows, next_due, partial_index, utc_column


class NoSuchChange(WatchfloorError):
    """This change is not on record. `/incident changes` shows those that are."""


class PlannedChange(Numbered, table=True):
    """A nesting or routing change, from its plan until somebody confirms that it works."""

    __tablename__ = "planned_changes"
    __table_args__ = (
        sa.Index("ix_planned_changes_planned_at", "planned_at"),
        partial_index("ix_planned_changes_remind_at", "remind_at", where="remind_at IS NOT NULL"),
    )

    # The form that recorded it, so a form sent twice makes one change.
    key: str = Field(unique=True)
    kind: str
    title: str
    before: str = ""
    after: str = ""
    rollback: str = ""
    site: str = ""
    partner: str = ""
    type: str = ""
    planned_at: datetime = Field(sa_column=utc_column(nullable=False))
    requester: str
    approver: str
    verifier: str
    recorded_by: str
    state: str = State.PLANNED
    remind_at: datetime | None = Field(default=None, sa_column=utc_column())
    reminders: int = 0
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def scope(self) -> Scope:
        """The change's scope, as the rules take it."""
        return Scope(*((name,) if name else () for name in (self.site, self.partner, self.type)))


def locked(session: Session, change_id: int) -> PlannedChange:
    """A change, locked for update. Raises `NoSuchChange`."""
    change = session.get(PlannedChange, change_id, populate_existing=True, with_for_update=True)
    return require(change, NoSuchChange)


def calendar(session: Session, since: datetime) -> Sequence[PlannedChange]:
    """Changes that are unanswered, or planned since then, ordered by time."""
    is_open = col(PlannedChange.state) == State.PLANNED
    query = select(PlannedChange).where(sa.or_(is_open, col(PlannedChange.planned_at) >= since))
    return session.exec(query.order_by(col(PlannedChange.planned_at))).all()


def around(session: Session, moment: datetime) -> Sequence[PlannedChange]:
    """Changes made or planned shortly before or after a moment, the newest first."""
    is_near = col(PlannedChange.planned_at).between(moment - BEFORE, moment + AFTER)
    query = select(PlannedChange).where(is_near, col(PlannedChange.state) != State.CANCELLED)
    return session.exec(query.order_by(col(PlannedChange.planned_at).desc())).all()


def due(session: Session, now: datetime) -> Sequence[int]:
    """The ids of the changes with a reminder due."""
    return [change.number for change in due_rows(session, PlannedChange, col(PlannedChange.remind_at), now)]


# When the next reminder of any change is due.
NEXT_REMINDER = next_due(col(PlannedChange.remind_at))
SHOWN_BACK = timedelta(days=1)
