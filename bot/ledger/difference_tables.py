"""Differences between a ledger and the payer's files, and every query on them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.ledger.line_tables import among
from bot.ledger.rules import Trouble
from bot.ledger.tables import minor_units
from bot.runtime.database import Numbered, partial_index, utc_column


class Difference(Numbered, table=True):
    """A difference between the ledger and the payer's file."""

    __tablename__ = "ledger_differences"
    __table_args__ = (
        partial_index("ix_ledger_differences_open", "ledger_id", "account_key", where="settled_at IS NULL"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    file_id: int = Field(foreign_key="ledger_files.id")
    line_number: int
    trouble: str
    # The masked account.
    shown: str
    account_key: str
    amount: int = Field(sa_column=minor_units())
    currency: str
    settled_at: datetime | None = Field(default=None, sa_column=utc_column())


def open_differences(session: Session, ledger_id: int, limit: int = 1_000) -> Sequence[Difference]:
    """The open differences, oldest first."""
    query = select(Difference).where(Difference.ledger_id == ledger_id, col(Difference.settled_at).is_(None))
    return session.exec(query.order_by(col(Difference.id)).limit(limit)).all()


def count_differences(session: Session, ledger_id: int) -> int:
    """Return the number of open differences."""
    query = select(sa.func.count()).select_from(Difference)
    is_open = col(Difference.settled_at).is_(None)
    return session.exec(query.where(Difference.ledger_id == ledger_id, is_open)).one()


def settle_differences(
    session: Session, ledger_id: int, keys: Collection[str], besides_file: int, now: datetime
) -> None:
    """Settle the open differences of these accounts from other files."""
    if keys:
        statement = sa.update(Difference).where(
            col(Difference.ledger_id) == ledger_id,
            col(Difference.account_key).in_(keys),
            col(Difference.file_id) != besides_file,
            col(Difference.settled_at).is_(None),
        )
        session.connection().execute(statement.values(settled_at=now))


def open_rows(session: Session, file_ids: Collection[int]) -> set[int]:
    """Return the line numbers of rows that still differ. A second payment is on record: it stays until one of the
    payments is taken back."""
    query = select(Difference.line_number).where(*_is_open_row(file_ids))
    return set(session.exec(query))


def settle_rows(session: Session, file_ids: Collection[int], lines: Collection[int], now: datetime) -> None:
    """Settle the differences of these rows, because the rows are judged again."""
    conditions = (*_is_open_row(file_ids), among(session, col(Difference.line_number), lines))
    session.connection().execute(sa.update(Difference).where(*conditions).values(settled_at=now))


def _is_open_row(file_ids: Collection[int]) -> tuple[Any, ...]:
    return (
        col(Difference.file_id).in_(file_ids),
        col(Difference.trouble) != Trouble.AGAIN,
        col(Difference.settled_at).is_(None),
    )


def second_payments(session: Session, ledger_id: int, keys: Collection[str]) -> Mapping[str, int]:
    """Return how many second payments of each account are not taken back."""
    query = select(Difference.account_key).where(among(session, col(Difference.account_key), keys))
    return Counter(session.exec(query.where(*_is_second_payment(ledger_id))))


def settle_second_payment(session: Session, ledger_id: int, key: str, now: datetime) -> None:
    """Settle the oldest second payment of an account, because the payer has taken it back."""
    query = select(Difference).where(Difference.account_key == key, *_is_second_payment(ledger_id))
    difference = session.exec(query.order_by(col(Difference.id)).limit(1)).one()
    difference.settled_at = now


def _is_second_payment(ledger_id: int) -> tuple[Any, ...]:
    return (
        col(Difference.ledger_id) == ledger_id,
        col(Difference.trouble) == Trouble.AGAIN,
        col(Difference.settled_at).is_(None),
    )


def count_of_file(session: Session, file_id: int) -> int:
    """Return the number of differences that a file raised."""
    query = select(sa.func.count()).select_from(Difference)
    return session.exec(query.where(Difference.file_id == file_id)).one()
