"""Ledgers, their cohorts, totals, releases and files; every query on them.

The totals of a cohort in a currency carry the equation as a constraint of the database; `entries.py` moves them in
the transaction of the entries.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.incidents.tables import Incident
from bot.ledger.rules import Totals
from bot.runtime.database import Numbered, Row, insert_new, utc_column

EQUATION = "eligible = issued + failed + excluded + pending"
PREPARING, WAITING, RELEASED, REFUSED = "preparing", "waiting", "released", "refused"
NOT_NEGATIVE = "issued >= 0 AND failed >= 0 AND excluded >= 0 AND pending >= 0"


class NoSuchLedger(WatchfloorError):
    """There is no such ledger, or you may not see it. `/incident ledger` in an incident's channel shows its own."""


def minor_units() -> Any:
    """A column that holds money, in the smallest unit of its currency."""
    return sa.Column(sa.BigInteger(), nullable=False)


class Ledger(Numbered, table=True):
    """What an incident owes to whom."""

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
        """May it be changed?"""
        return self.state == "open"


class Cohort(Row, table=True):
    """A group of customers, and why they are eligible, in words."""

    __tablename__ = "ledger_cohorts"

    ledger_id: int = Field(foreign_key="ledgers.id", primary_key=True)
    cohort: str = Field(primary_key=True)
    rule: str = ""
    set_by: str
    set_at: datetime = Field(sa_column=utc_column(nullable=False))


class TotalsRow(Row, table=True):
    """Sums of a cohort in a currency; the database refuses them when they do not add up."""

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
        """As rules read them."""
        return Totals(self.issued, self.failed, self.excluded, self.pending, self.lines)


class Release(Numbered, table=True):
    """Money that may be paid: what was pending in a cohort and currency when somebody asked.

    While it is put together, its amount is that of the lines up to `done_line`; it ends with `last_line`.
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
    """A file of accounts or of the payer's results; `done_line` is how far it was worked through."""

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
    """The secret of the keyed hashes, made once."""

    __tablename__ = "ledger_keys"

    id: int = Field(default=1, primary_key=True)
    secret: str


def of_incident(session: Session, incident_id: int) -> Ledger | None:
    """The incident's ledger, if it has one."""
    return session.exec(select(Ledger).where(Ledger.incident_id == incident_id)).first()


def get(session: Session, ledger_id: int) -> Ledger:
    """The ledger of that id; `NoSuchLedger` when there is none."""
    ledger = session.get(Ledger, ledger_id)
    if ledger is None:
        raise NoSuchLedger()
    return ledger


def lock_of_incidents(session: Session, incident_ids: Collection[int]) -> Sequence[Ledger]:
    """The ledgers of these incidents, kept from being changed by others; in the order of their ids."""
    query = select(Ledger).where(col(Ledger.incident_id).in_(incident_ids)).order_by(col(Ledger.id))
    return session.exec(query.with_for_update(), execution_options={"populate_existing": True}).all()


def open_ledgers(session: Session, number: int) -> Sequence[Ledger]:
    """The open ledgers of an incident and of those that were merged into it."""
    merged = select(Incident.id).where(col(Incident.merged_into) == number)
    theirs = sa.or_(col(Ledger.incident_id) == number, col(Ledger.incident_id).in_(merged))
    query = select(Ledger).where(theirs, Ledger.state == "open").order_by(col(Ledger.id))
    return session.exec(query).all()


def open_ledger(session: Session, incident_id: int, by: str, now: datetime) -> None:
    """The incident has a ledger from now on."""
    insert_new(session, Ledger(incident_id=incident_id, opened_by=by, opened_at=now))


def totals_of(session: Session, ledger_id: int) -> Sequence[TotalsRow]:
    """Every total of a ledger."""
    query = select(TotalsRow).where(TotalsRow.ledger_id == ledger_id)
    return session.exec(query.order_by(col(TotalsRow.cohort), col(TotalsRow.currency))).all()


def cohorts_of(session: Session, ledger_id: int) -> Sequence[Cohort]:
    """The cohorts of a ledger, with their rules."""
    return session.exec(select(Cohort).where(Cohort.ledger_id == ledger_id).order_by(col(Cohort.cohort))).all()


def releases_of(session: Session, ledger_id: int) -> Sequence[Release]:
    """Every release of a ledger, in order."""
    return session.exec(select(Release).where(Release.ledger_id == ledger_id).order_by(col(Release.id))).all()


def released_ids(session: Session, ledger_id: int) -> set[int]:
    """The releases that somebody may be paid by."""
    query = select(Release.id).where(Release.ledger_id == ledger_id, Release.state == RELEASED)
    return {number for number in session.exec(query) if number is not None}


def refused_ids(session: Session, ledger_id: int) -> set[int]:
    """The releases that nobody is paid by: their lines may be in another."""
    query = select(Release.id).where(Release.ledger_id == ledger_id, Release.state == REFUSED)
    return {number for number in session.exec(query) if number is not None}


def file_of_digest(session: Session, ledger_id: int, digest: str, besides: int) -> LedgerFile | None:
    """The same content, brought before and worked through."""
    query = select(LedgerFile).where(
        LedgerFile.ledger_id == ledger_id,
        LedgerFile.digest == digest,
        LedgerFile.state == "done",
        LedgerFile.id != besides,
    )
    return session.exec(query).first()
