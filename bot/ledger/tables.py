"""Ledgers, their cohorts, totals, releases and files, and every query on them.

A database constraint enforces the equation on the totals of each cohort and currency; `entries.py` updates them in
the same transaction as the entries.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.incidents.tables import Incident
from bot.ledger.rules import Totals
from bot.runtime.database import Numbered, Row, insert_new, utc_column

EQUATION = "eligible = issued + failed + excluded + pending"
PREPARING, WAITING, RELEASED, REFUSED = "preparing", "waiting", "released", "refused"
NOT_NEGATIVE = "issued >= 0 AND failed >= 0 AND excluded >= 0 AND pending >= 0"


class NoSuchLedger(WatchfloorError):
    """There is no such ledger, or you may not see it. `/incident ledger` in an incident's channel shows its own."""


def minor_units() -> Any:
    """Return a column for money in the smallest unit of its currency."""
    return sa.Column(sa.BigInteger(), nullable=False)


class Ledger(Numbered, table=True):
    """The credits and refunds that an incident owes to customers."""

    __tablename__ = "ledgers"

    incident_id: int = Field(foreign_key="incidents.id", unique=True)
    state: str = "open"
    opened_by: str
    opened_at: datetime = Field(sa_column=utc_column(nullable=False))
    closed_by: str | None = None
    closed_at: datetime | None = Field(default=None, sa_column=utc_column())
    waiver: str = ""

    @property
    def is_open(self) -> bool:
        """True if it may be changed."""
        return self.state == "open"


class Cohort(Row, table=True):
    """A group of customers, and the reason why they are eligible, in words."""

    __tablename__ = "ledger_cohorts"

    ledger_id: int = Field(foreign_key="ledgers.id", primary_key=True)
    cohort: str = Field(primary_key=True)
    rule: str = ""
    set_by: str
    set_at: datetime = Field(sa_column=utc_column(nullable=False))


class TotalsRow(Row, table=True):
    """The sums of a cohort in a currency; the database rejects sums that do not add up."""

    __tablename__ = "ledger_totals"
    __table_args__ = (
        sa.CheckConstraint(EQUATION, name="ck_ledger_totals_equation"),
        sa.CheckConstraint(NOT_NEGATIVE, name="ck_ledger_totals_not_negative"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id", primary_key=True)
    cohort: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    eligible: int = Field(default=0, sa_column=minor_units())
    issued: int = Field(default=0, sa_column=minor_units())
    failed: int = Field(default=0, sa_column=minor_units())
    excluded: int = Field(default=0, sa_column=minor_units())
    pending: int = Field(default=0, sa_column=minor_units())
    lines: int = 0

    @property
    def totals(self) -> Totals:
        """The sums as a value for `rules`."""
        return Totals(self.issued, self.failed, self.excluded, self.pending, self.lines)


class Release(Numbered, table=True):
    """Money that may be paid: the amount pending in a cohort and currency when the release was requested.

    While it is being put together, its amount covers the lines up to `done_line`; the final one is `last_line`.
    """

    __tablename__ = "ledger_releases"
    __table_args__ = (
        sa.CheckConstraint(
            "NOT needs_second OR state <> 'released' OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="ck_ledger_releases_two_people",
        ),
        sa.Index("ix_ledger_releases_ledger", "ledger_id"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    cohort: str
    currency: str
    amount: int = Field(sa_column=minor_units())
    lines: int
    needs_second: bool
    state: str = WAITING
    done_line: int = 0
    last_line: int = 0
    asked_by: str
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=utc_column())


class LedgerFile(Numbered, table=True):
    """A file of accounts or of the payer's results; `done_line` is the last line processed."""

    __tablename__ = "ledger_files"
    __table_args__ = (sa.Index("ix_ledger_files_digest", "ledger_id", "digest"),)

    ledger_id: int = Field(foreign_key="ledgers.id")
    kind: str
    cohort: str = ""
    slack_id: str = Field(unique=True)
    file_name: str
    digest: str = ""
    state: str = "waiting"
    done_line: int = 0
    changed: int = 0
    brought_by: str
    brought_at: datetime = Field(sa_column=utc_column(nullable=False))


class AccountKey(Row, table=True):
    """The secret of the keyed hashes, created once."""

    __tablename__ = "ledger_keys"

    id: int = Field(default=1, primary_key=True)
    secret: str


def of_incident(session: Session, incident_id: int) -> Ledger | None:
    return session.exec(select(Ledger).where(Ledger.incident_id == incident_id)).first()


def get(session: Session, ledger_id: int) -> Ledger:
    """Return the ledger with that id. Raises `NoSuchLedger`."""
    return require(session.get(Ledger, ledger_id), NoSuchLedger)


def lock_of_incidents(session: Session, incident_ids: Collection[int]) -> Sequence[Ledger]:
    """Return the ledgers of these incidents, locked, in the order of their ids."""
    query = select(Ledger).where(col(Ledger.incident_id).in_(incident_ids)).order_by(col(Ledger.id))
    return session.exec(query.with_for_update(), execution_options={"populate_existing": True}).all()


def open_ledgers(session: Session, number: int) -> Sequence[Ledger]:
    """The open ledgers of an incident and of the incidents merged into it."""
    merged_ids = select(Incident.id).where(col(Incident.merged_into) == number)
    condition = sa.or_(col(Ledger.incident_id) == number, col(Ledger.incident_id).in_(merged_ids))
    query = select(Ledger).where(condition, Ledger.state == "open").order_by(col(Ledger.id))
    return session.exec(query).all()


def open_ledger(session: Session, incident_id: int, by: str, now: datetime) -> None:
    """Open a ledger for the incident, unless it has one."""
    insert_new(session, Ledger(incident_id=incident_id, opened_by=by, opened_at=now))


def totals_of(session: Session, ledger_id: int) -> Sequence[TotalsRow]:
    query = select(TotalsRow).where(TotalsRow.ledger_id == ledger_id)
    return session.exec(query.order_by(col(TotalsRow.cohort), col(TotalsRow.currency))).all()


def cohorts_of(session: Session, ledger_id: int) -> Sequence[Cohort]:
    """The cohorts of a ledger, with their rules."""
    return session.exec(select(Cohort).where(Cohort.ledger_id == ledger_id).order_by(col(Cohort.cohort))).all()


def releases_of(session: Session, ledger_id: int) -> Sequence[Release]:
    return session.exec(select(Release).where(Release.ledger_id == ledger_id).order_by(col(Release.id))).all()


def released_ids(session: Session, ledger_id: int) -> set[int]:
    """The ids of releases whose lines may be paid."""
    query = select(Release.id).where(Release.ledger_id == ledger_id, Release.state == RELEASED)
    return {number for number in session.exec(query) if number is not None}


def refused_ids(session: Session, ledger_id: int) -> set[int]:
    """The ids of refused releases, whose lines may be in another release."""
    query = select(Release.id).where(Release.ledger_id == ledger_id, Release.state == REFUSED)
    return {number for number in session.exec(query) if number is not None}


def copies_of(session: Session, file: LedgerFile) -> Sequence[int]:
    """Return the ids of files that were imported for the same purpose with the same content."""
    query = select(LedgerFile.id).where(
        LedgerFile.ledger_id == file.ledger_id,
        LedgerFile.digest == file.digest,
        LedgerFile.kind == file.kind,
        LedgerFile.cohort == file.cohort,
        LedgerFile.state == "done",
        LedgerFile.id != file.number,
    )
    return [number for number in session.exec(query) if number is not None]
