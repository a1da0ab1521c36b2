"""Accounts that are locked out, bursts proposed as incidents, requests to sources; every query on them.

No password, link or token is stored: a lockout is a login, a partner, and the time it was locked.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.lockouts.rules import LATEST, USUAL_DAYS, WINDOW, Release
from bot.runtime.database import Numbered, insert_new, partial_index, utc_column

OPEN, LAPSED = "open", "lapsed"
WAITING, STARTED, DECLINED = "waiting", "started", "declined"


class NoSuchLockout(WatchfloorError):
    """This lockout is not on record any more. `/incident lockouts` shows those that are."""


class LockedAccount(Numbered, table=True):
    """An account that was locked; `unlocked_at` ends the lockout, however it ended."""

    __tablename__ = "lockouts"
    __table_args__ = (
        sa.UniqueConstraint("source", "external_id"),
        partial_index("ix_lockouts_open", "source", "user_id", where="unlocked_at IS NULL"),
        sa.Index("ix_lockouts_partner", "partner", "locked_at"),
    )

    source: str
    external_id: str
    user_id: str
    login: str
    partner: str
    release: str = Release.ADMINISTRATOR
    locked_at: datetime = Field(sa_column=utc_column(nullable=False))
    unlocked_at: datetime | None = Field(default=None, sa_column=utc_column())
    claimed_by: str | None = None
    done_by: str | None = None
    told_by: str | None = None
    burst_id: int | None = Field(default=None, foreign_key="lockout_bursts.id")


class Burst(Numbered, table=True):
    """Many lockouts at one partner at once, proposed as one incident."""

    __tablename__ = "lockout_bursts"
    __table_args__ = (partial_index("ux_lockout_bursts_open", "partner", where="state = 'open'", unique=True),)

    partner: str
    state: str = OPEN
    accounts: int = 0
    usual: float
    first_at: datetime = Field(sa_column=utc_column(nullable=False))
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))
    declared_key: str = ""
    incident_id: int | None = Field(default=None, foreign_key="incidents.id")
    decided_by: str | None = None


def locked(session: Session, lockout_id: int, *, is_changed: bool = True) -> LockedAccount:
    """A lockout, locked for update if it is to be changed. Raises `NoSuchLockout`."""
    return require(session.get(LockedAccount, lockout_id, with_for_update=is_changed or None), NoSuchLockout)


def all_open(session: Session, limit: int | None = 500) -> Sequence[LockedAccount]:
    """Every locked account, by partner, the longest locked first."""
    query = select(LockedAccount).where(col(LockedAccount.unlocked_at).is_(None))
    return session.exec(query.order_by(col(LockedAccount.partner), col(LockedAccount.locked_at)).limit(limit)).all()


def of_numbers(session: Session, numbers: Collection[int]) -> Sequence[LockedAccount]:
    """These lockouts, ordered by login."""
    query = select(LockedAccount).where(col(LockedAccount.id).in_(numbers))
    return session.exec(query.order_by(col(LockedAccount.login), col(LockedAccount.id))).all()


def recent(session: Session, partner: str, now: datetime) -> Sequence[LockedAccount]:
    """A partner's lockouts of the last hour that belong to no burst yet, in order of time."""
    query = select(LockedAccount).where(
        LockedAccount.partner == partner,
        col(LockedAccount.locked_at) > now - LATEST,
        col(LockedAccount.locked_at) <= now,
        col(LockedAccount.burst_id).is_(None),
    )
    return session.exec(query.order_by(col(LockedAccount.locked_at), col(LockedAccount.id))).all()


def count_before_window(session: Session, partner: str, at: datetime) -> int:
    """The number of a partner's lockouts in the weeks before the window that ends `at`, excluding bursts."""
    query = select(sa.func.count()).select_from(LockedAccount)
    before_window = (
        col(LockedAccount.locked_at) > at - timedelta(days=USUAL_DAYS),
        col(LockedAccount.locked_at) <= at - WINDOW,
    )
    ordinary = (LockedAccount.partner == partner, col(LockedAccount.burst_id).is_(None))
    return session.exec(query.where(*ordinary, *before_window)).one()


def open_burst(session: Session, partner: str) -> Burst | None:
    """The partner's proposed burst that awaits a decision."""
    return session.exec(select(Burst).where(Burst.partner == partner, Burst.state == OPEN)).first()


def last_declared(session: Session, partner: str) -> Burst | None:
    """The partner's last burst for which an incident was declared."""
    query = select(Burst).where(Burst.partner == partner, col(Burst.incident_id).is_not(None))
    return session.exec(query.order_by(col(Burst.id).desc()).limit(1)).first()


def of_incident(session: Session, incident_id: int) -> Sequence[Burst]:
    """The bursts for which an incident was declared."""
    return session.exec(select(Burst).where(Burst.incident_id == incident_id).with_for_update()).all()


def last_lockout_at(session: Session, burst: Burst) -> datetime:
    """When an account of a burst was last locked."""
    query = select(LockedAccount.locked_at).where(LockedAccount.burst_id == burst.number)
    return session.exec(query.order_by(col(LockedAccount.locked_at).desc()).limit(1)).first() or burst.first_at


def logins_of_burst(session: Session, burst_id: int) -> Sequence[str]:
    """The logins of a burst's accounts, as each source writes them."""
    return session.exec(select(LockedAccount.login).where(LockedAccount.burst_id == burst_id)).all()


def locked_logins_of_burst(session: Session, burst_id: int) -> Sequence[str]:
    """The logins of those of a burst's accounts that are still locked, as each source writes them."""
    is_locked = (LockedAccount.burst_id == burst_id, col(LockedAccount.unlocked_at).is_(None))
    return session.exec(select(LockedAccount.login).where(*is_locked)).all()


def burst(session: Session, burst_id: int, *, is_locked: bool = True) -> Burst:
    """A burst, locked for update unless `is_locked` is False. Raises `NoSuchLockout`."""
    return require(session.get(Burst, burst_id, with_for_update=is_locked or None), NoSuchLockout)


def put_into(session: Session, burst_id: int, lockout_ids: Collection[int]) -> None:
    """Assign these lockouts to a burst."""
    update = sa.update(LockedAccount).where(col(LockedAccount.id).in_(lockout_ids))
    session.connection().execute(update.values(burst_id=burst_id))


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
