"""Declarations that wait for an answer: the incident may be open already. Kept until the person has decided."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, insert_new, utc_column

KEPT_FOR = timedelta(days=7)


class NoSuchDeclaration(WatchfloorError):
    """That question is no longer open. `/incident declare` opens an incident, `/incident list` shows what is
    open."""


class Decision(StrEnum):
    """What the person said about it."""

    WAITING = "waiting"
    OPENED = "opened"
    JOINED = "joined"
    CANCELLED = "cancelled"


class PendingDeclaration(Numbered, table=True):
    """What somebody declared, and the open incidents that sound the same."""

    __tablename__ = "pending_declarations"

    # The key of the request: delivered twice, it is one question.
    key: str = Field(unique=True)
    user_id: str
    # Emptied once it is decided.
    request: dict[str, Any] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    duplicates: list[int] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    state: str = Decision.WAITING
    asked_at: datetime = Field(sa_column=utc_column(nullable=False, index=True))


def hold(
    session: Session, key: str, user_id: str, request: dict[str, Any], duplicates: Sequence[int], now: datetime
) -> PendingDeclaration:
    """Keep a declaration until it is decided; the same one when it was delivered before. Old ones are forgotten."""
    old = sa.delete(PendingDeclaration).where(col(PendingDeclaration.asked_at) < now - KEPT_FOR)
    session.connection().execute(old)
    row = PendingDeclaration(key=key, user_id=user_id, request=request, duplicates=list(duplicates), asked_at=now)
    insert_new(session, row)
    return session.exec(select(PendingDeclaration).where(PendingDeclaration.key == key)).one()


def find(session: Session, number: int) -> PendingDeclaration | None:
    """The declaration of that number."""
    return session.get(PendingDeclaration, number)


def locked(session: Session, number: int, user_id: str) -> PendingDeclaration:
    """What this person declared, kept from being decided twice; `NoSuchDeclaration` when there is no such one."""
    query = select(PendingDeclaration).where(PendingDeclaration.id == number).with_for_update()
    row = session.exec(query).first()
    if row is None or row.user_id != user_id:
        raise NoSuchDeclaration()
    return row
