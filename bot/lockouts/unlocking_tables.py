"""Requests to sources for locked accounts, single or in batches, and their results; every query on them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.lockouts.tables import LockedAccount
from bot.runtime.database import Numbered, insert_new, utc_column

WAITING, STARTED, DECLINED = "waiting", "started", "declined"


class NoSuchBatch(WatchfloorError):
    """This is not on record any more. `/incident lockouts` shows who is locked out."""


class RequestBatch(Numbered, table=True):
    """One action for several accounts; more than ten need a second person's decision."""

    __tablename__ = "lockout_batches"

    # The form that requested it, so a form sent twice makes one batch.
    key: str = Field(unique=True)
    action: str
    lockouts: list[int] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    state: str = WAITING
    by: str
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))
    decided_by: str | None = None


class AccountRequest(Numbered, table=True):
    """A request to a source to unlock an account or mail a reset; `trouble` is the reason why it failed."""

    __tablename__ = "lockout_requests"
    __table_args__ = (
        sa.Index("ix_lockout_requests_by", "by", "asked_at"),
        sa.Index("ix_lockout_requests_batch", "batch_id"),
    )

    lockout_id: int = Field(foreign_key="lockouts.id")
    batch_id: int | None = Field(default=None, foreign_key="lockout_batches.id")
    action: str
    by: str
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())
    trouble: str = ""


def count_requested_accounts(session: Session, by: str, since: datetime, except_lockout_id: int = 0) -> int:
    """The number of other accounts for which a person has made requests since then."""
    count = sa.func.count(sa.distinct(col(AccountRequest.lockout_id)))
    conditions = (
        AccountRequest.by == by,
        col(AccountRequest.asked_at) > since,
        AccountRequest.lockout_id != except_lockout_id,
    )
    return session.exec(select(count).where(*conditions)).one()


def add_batch(session: Session, batch: RequestBatch) -> RequestBatch | None:
    """Insert a batch; None if that form was sent before."""
    if not insert_new(session, batch):
        return None
    return session.exec(select(RequestBatch).where(RequestBatch.key == batch.key)).one()


def batch(session: Session, number: int, *, is_locked: bool = True) -> RequestBatch:
    """The batch with that number, locked for update unless `is_locked` is False. Raises `NoSuchBatch`."""
    return require(session.get(RequestBatch, number, with_for_update=is_locked or None), NoSuchBatch)


def requests_of(session: Session, number: int) -> Sequence[tuple[AccountRequest, LockedAccount]]:
    """The requests of a batch with their accounts, by login."""
    query = select(AccountRequest, LockedAccount).where(
        AccountRequest.batch_id == number, AccountRequest.lockout_id == LockedAccount.id
    )
    return session.exec(query.order_by(col(LockedAccount.login), col(AccountRequest.id))).all()
