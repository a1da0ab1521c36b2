"""What was asked of sources for locked accounts, alone or many at once, and what came of it; every query on it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.lockouts.tables import LockedAccount
from bot.runtime.database import Numbered, insert_new, utc_column

WAITING, STARTED, DECLINED = "waiting", "started", "declined"


class NoSuchBatch(WatchfloorError):
    """This is not on record any more. `/incident lockouts` shows who is locked out."""


class RequestBatch(Numbered, table=True):
    """The same for several accounts at once; of more than ten a second person decides."""

    __tablename__ = "lockout_batches"

    # The form that asked for it: sent twice, it is one.
    key: str = Field(unique=True)
    action: str
    lockouts: list[int] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    state: str = WAITING
    by: str
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))
    decided_by: str | None = None


class AccountRequest(Numbered, table=True):
    """A source was asked to unlock an account or to mail a reset; `trouble` says why it did not."""

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


def asked_by(session: Session, by: str, since: datetime, besides: int = 0) -> int:
    """For how many other accounts somebody has asked for something since then."""
    count = sa.func.count(sa.distinct(col(AccountRequest.lockout_id)))
    theirs = (AccountRequest.by == by, col(AccountRequest.asked_at) > since, AccountRequest.lockout_id != besides)
    return session.exec(select(count).where(*theirs)).one()


def add_request(session: Session, request: AccountRequest) -> AccountRequest:
    """A source is asked for something."""
    session.add(request)
    session.flush()
    return request


def add_batch(session: Session, batch: RequestBatch) -> RequestBatch | None:
    """Several at once; None when that form was sent before."""
    if not insert_new(session, batch):
        return None
    return session.exec(select(RequestBatch).where(RequestBatch.key == batch.key)).one()


def batch(session: Session, number: int, *, is_locked: bool = True) -> RequestBatch:
    """Several at once, kept from being changed by others unless it is only looked at."""
    query = select(RequestBatch).where(RequestBatch.id == number)
    found = session.exec(query.with_for_update() if is_locked else query).first()
    if found is None:
        raise NoSuchBatch()
    return found


def requests_of(session: Session, number: int) -> Sequence[tuple[AccountRequest, LockedAccount]]:
    """What was asked for the accounts of a batch, by login."""
    query = select(AccountRequest, LockedAccount).where(
        AccountRequest.batch_id == number, AccountRequest.lockout_id == LockedAccount.id
    )
    return session.exec(query.order_by(col(LockedAccount.login), col(AccountRequest.id))).all()
