"""What is due: the rows whose time has come, and when the next one is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import Session, select

from bot.runtime.database.columns import Row

# How much of what is due is taken at a time: a tick stays short, so that clicks do not wait behind it, and the next
# one is a second away.
DUE_AT_ONCE = 100
TableRow = TypeVar("TableRow", bound=Row)


def due_rows(
    session: Session, table: type[TableRow], due_at: Mapped[datetime | None], now: datetime
) -> Sequence[TableRow]:
    """The rows of a table whose time in the column `due_at` has come, earliest first, at most `DUE_AT_ONCE`."""
    is_due = (due_at.is_not(None), due_at <= now)
    return session.exec(select(table).where(*is_due).order_by(due_at).limit(DUE_AT_ONCE)).all()


def next_due(due_at: Mapped[datetime | None]) -> sa.Select[Any]:
    """A statement that selects the earliest time in a column, for a tick."""
    return sa.select(due_at).where(due_at.is_not(None)).order_by(due_at).limit(1)
