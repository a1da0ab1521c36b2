"""What does not add up between a ledger and the payer's files; every query on it."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.ledger.tables import minor_units
from bot.runtime.database import Numbered, partial_index, utc_column


class Difference(Numbered, table=True):
    """Something that does not add up between the ledger and the payer's file."""

    __tablename__ = "ledger_differences"
    __table_args__ = (
        partial_index("ix_ledger_differences_open", "ledger_id", "account_key", where="settled_at IS NULL"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    file_id: int = Field(foreign_key="ledger_files.id")
    line_number: int
    trouble: str
    # The account as it may be shown: masked.
    shown: str
    account_key: str
    amount: int = Field(sa_column=minor_units())
    currency: str
    settled_at: datetime | None = Field(default=None, sa_column=utc_column())


def open_differences(session: Session, ledger_id: int, limit: int = 1_000) -> Sequence[Difference]:
    """What does not add up, oldest first."""
    query = select(Difference).where(Difference.ledger_id == ledger_id, col(Difference.settled_at).is_(None))
    return session.exec(query.order_by(col(Difference.id)).limit(limit)).all()


def count_differences(session: Session, ledger_id: int) -> int:
    """How many there are."""
    query = select(sa.func.count()).select_from(Difference)
    is_open = col(Difference.settled_at).is_(None)
    return session.exec(query.where(Difference.ledger_id == ledger_id, is_open)).one()


def settle_differences(
    session: Session, ledger_id: int, keys: Collection[str], besides_file: int, now: datetime
) -> None:
    """What earlier files said of these accounts does not count any more."""
    if keys:
        theirs = sa.update(Difference).where(
            col(Difference.ledger_id) == ledger_id,
            col(Difference.account_key).in_(keys),
            col(Difference.file_id) != besides_file,
            col(Difference.settled_at).is_(None),
        )
        session.connection().execute(theirs.values(settled_at=now))


def count_of_file(session: Session, file_id: int) -> int:
    """How many differences a file brought."""
    query = select(sa.func.count()).select_from(Difference)
    return session.exec(query.where(Difference.file_id == file_id)).one()
