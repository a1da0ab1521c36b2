"""Declarations that wait for an answer, since the incident may be open already; kept until the person decides."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, insert_new, utc_column

RETENTION = timedelta(days=7)


class NoSuchDeclaration(WatchfloorError):
    """That question is no longer open. `/incident declare` opens an incident, `/incident list` shows what is
    open."""


class Decision(StrEnum):
    """The person's decision about a declaration."""

    WAITING = "waiting"
    OPENED = "opened"
    JOINED = "joined"
    CANCELLED = "cancelled"


class PendingDeclaration(Numbered, table=True):
    """A declaration that is held, and the open incidents with similar titles."""

    __tablename__ = "pending_declarations"

    # The request's key: a request delivered twice is one question.
    key: str = Field(unique=True)
    user_id: str
    # Emptied once decided.
    request: dict[str, Any] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    duplicates: list[int] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    state: str = Decision.WAITING
    asked_at: datetime = Field(sa_column=utc_column(nullable=False, index=True))


def hold(
    session: Session, key: str, user_id: str, request: dict[str, Any], duplicates: Sequence[int], now: datetime
) -> PendingDeclaration:
    """Hold a declaration until it is decided; return the existing one if delivered before. Delete old ones."""
    delete_old = sa.delete(PendingDeclaration).where(col(PendingDeclaration.asked_at) < now - RETENTION)
    session.connection().execute(delete_old)
    row = PendingDeclaration(key=key, user_id=user_id, request=request, duplicates=list(duplicates), asked_at=now)
    insert_new(session, row)
    return session.exec(select(PendingDeclaration).where(PendingDeclaration.key == key)).one()


def locked(session: Session, number: int, user_id: str) -> PendingDeclaration:
    """Return the person's declaration, locked against a second decision; raises `NoSuchDeclaration` if none."""
    row = session.get(PendingDeclaration, number, with_for_update=True)
    if row is None or row.user_id != user_id:
        raise NoSuchDeclaration()
    return row
