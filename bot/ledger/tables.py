"""Ledgers, their cohorts, lines, entries and totals; every query on them.

The totals of a cohort in a currency carry the equation as a constraint of the database; `entries.py` moves them in
the transaction of the entries.
"""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.errors import WatchfloorError
from bot.incidents.tables import Incident
from bot.ledger.rules import State, Totals
from bot.runtime.database import Numbered, insert_new, partial_index, utc_column

EQUATION = "eligible = issued + failed + excluded + pending"
NOT_NEGATIVE = "issued >= 0 AND failed >= 0 AND excluded >= 0 AND pending >= 0"
# An account of a person is shown to those who are permitted and in no export.
PRIVATE = {"is_private": True}


class NoSuchLedger(WatchfloorError):
    """There is no such ledger, or you may not see it. `/incident ledger` in an incident's channel shows its own."""


def _minor() -> Any:
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


class Cohort(SQLModel, table=True):
    """A group of customers, and why they are eligible, in words."""

    __tablename__ = "ledger_cohorts"

    ledger_id: int = Field(foreign_key="ledgers.id", primary_key=True)
    cohort: str = Field(primary_key=True)
    rule: str = ""
    set_by: str
    set_at: datetime = Field(sa_column=utc_column(nullable=False))


class Line(Numbered, table=True):
    """What one account is owed. Its state is that of its newest entry."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        # Keys are random: an index that depends on the state would be written all over at every payment.
        sa.Index("ux_ledger_lines_account", "account_key", "ledger_id", "excluded_id", unique=True),
        sa.Index("ix_ledger_lines_state", "ledger_id", "cohort", "currency", "state"),
        sa.CheckConstraint("amount > 0", name="ck_ledger_lines_amount"),
        sa.CheckConstraint("(state = 'excluded') = (excluded_id <> 0)", name="ck_ledger_lines_excluded"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    cohort: str
    account: str = Field(sa_column=sa.Column(sa.String(), nullable=False, info=PRIVATE))
    # A keyed hash: after the account is purged it still refuses a second payment.
    account_key: str
    amount: int = Field(sa_column=_minor())
    currency: str
    state: str = State.PENDING
    release_id: int | None = Field(default=None, foreign_key="ledger_releases.id")
    # 0 while the line counts, its own id once it is excluded: the account may then have another.
    excluded_id: int = 0


class LineRow(NamedTuple):
    """A line as it is read and written by the hundred: a tenth of the time that an object of the table takes."""

    number: int
    ledger_id: int
    cohort: str
    account_key: str
    amount: int
    currency: str
    state: str
    release_id: int | None


class NewLine(NamedTuple):
    """What an account is owed, before it is in a ledger."""

    ledger_id: int
    cohort: str
    account: str
    account_key: str
    amount: int
    currency: str


class Entry(Numbered, table=True):
    """A change of a line; none is ever changed or taken away."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        partial_index("ux_ledger_entries_reference", "line_id", "reference", where="reference <> ''", unique=True),
        sa.Index("ix_ledger_entries_line", "line_id"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    line_id: int = Field(foreign_key="ledger_lines.id")
    old_state: str | None = None
    new_state: str
    amount: int = Field(sa_column=_minor())
    reason: str = ""
    # The payer's own name of the payment, with what happened to it.
    reference: str = ""
    file_id: int | None = Field(default=None, foreign_key="ledger_files.id")
    by: str
    at: datetime = Field(sa_column=utc_column(nullable=False))


class TotalsRow(SQLModel, table=True):
    """Sums of a cohort in a currency; the database refuses them when they do not add up."""

    __tablename__ = "ledger_totals"
    __table_args__ = (
        sa.CheckConstraint(EQUATION, name="ck_ledger_totals_equation"),
        sa.CheckConstraint(NOT_NEGATIVE, name="ck_ledger_totals_not_negative"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id", primary_key=True)
    cohort: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    eligible: int = Field(default=0, sa_column=_minor())
    issued: int = Field(default=0, sa_column=_minor())
    failed: int = Field(default=0, sa_column=_minor())
    excluded: int = Field(default=0, sa_column=_minor())
    pending: int = Field(default=0, sa_column=_minor())
    lines: int = 0

    @property
    def totals(self) -> Totals:
        """As rules read them."""
        return Totals(self.issued, self.failed, self.excluded, self.pending, self.lines)


class Release(Numbered, table=True):
    """Money that may be paid: what was pending in a cohort and currency when somebody asked."""

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
    amount: int = Field(sa_column=_minor())
    lines: int
    needs_second: bool
    state: str = "waiting"
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
    amount: int = Field(sa_column=_minor())
    currency: str
    settled_at: datetime | None = Field(default=None, sa_column=utc_column())


class AccountKey(SQLModel, table=True):
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


def sums_of_lines(session: Session, ledger_id: int) -> dict[tuple[str, str], Totals]:
    """The same added up from the lines, to compare."""
    query = (
        sa.select(col(Line.cohort), col(Line.currency), col(Line.state), sa.func.sum(Line.amount), sa.func.count())
        .where(col(Line.ledger_id) == ledger_id)
        .group_by(col(Line.cohort), col(Line.currency), col(Line.state))
    )
    found: dict[tuple[str, str], Totals] = {}
    for cohort, currency, state, amount, count in session.connection().execute(query):
        before = found.get((cohort, currency), Totals())
        sums = {str(name): sum_ for name, sum_ in before.sums().items()} | {str(state): int(amount)}
        found[cohort, currency] = Totals(**sums, lines=before.lines + count)
    return found


def cohorts_of(session: Session, ledger_id: int) -> Sequence[Cohort]:
    """The cohorts of a ledger, with their rules."""
    return session.exec(select(Cohort).where(Cohort.ledger_id == ledger_id).order_by(col(Cohort.cohort))).all()


def releases_of(session: Session, ledger_id: int) -> Sequence[Release]:
    """Every release of a ledger, in order."""
    return session.exec(select(Release).where(Release.ledger_id == ledger_id).order_by(col(Release.id))).all()


_LINE = sa.select(
    *(
        col(column)
        for column in (
            Line.id,
            Line.ledger_id,
            Line.cohort,
            Line.account_key,
            Line.amount,
            Line.currency,
            Line.state,
            Line.release_id,
        )
    )
)


def among(session: Session, column: Any, values: Collection[Any]) -> Any:
    """Is the column one of so many values? As one parameter on SQLite: SQLAlchemy would write each of a thousand
    into the statement anew."""
    if session.get_bind().dialect.name != "sqlite":
        return column.in_(values)
    each = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(each.c.value))


def lines_of_accounts(session: Session, ledger_id: int, keys: Collection[str]) -> dict[str, LineRow]:
    """The line of each account: the one that counts, else the newest that is excluded."""
    theirs = among(session, col(Line.account_key), keys)
    mine = _LINE.where(col(Line.ledger_id) == ledger_id, theirs).order_by(col(Line.id))
    found: dict[str, LineRow] = {}
    for row in map(LineRow._make, session.connection().execute(mine)):
        if row.account_key not in found or found[row.account_key].state == State.EXCLUDED:
            found[row.account_key] = row
    return found


def insert_lines(session: Session, lines: Sequence[NewLine]) -> list[LineRow]:
    """New lines, each pending, with their numbers."""
    if not lines:
        return []
    # Asking for the numbers meanwhile, SQLAlchemy would write one line after another.
    values = [line._asdict() | {"state": State.PENDING, "excluded_id": 0} for line in lines]
    session.connection().execute(sa.insert(Line.__table__), values)  # type: ignore[attr-defined]  # what SQLModel makes of it
    written = lines_of_accounts(session, lines[0].ledger_id, [line.account_key for line in lines])
    return [written[line.account_key] for line in lines]


# The values of an entry up to its moment, in this order.
EntryValues = tuple[int, int, str | None, str, int, str, str, int | None, str]
_ENTRY = (
    "ledger_id",
    "line_id",
    "old_state",
    "new_state",
    "amount",
    "reason",
    "reference",
    "file_id",
    '"by"',
    "at",
)


def insert_entries(session: Session, entries: Sequence[EntryValues], at: datetime) -> None:
    """Write entries of one moment. Past the mapper: a hundred thousand of them are not objects."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    utc = at.astimezone(UTC).replace(tzinfo=None)
    moment = utc.isoformat(" ", "microseconds") if is_sqlite else utc
    places = ", ".join(["?" if is_sqlite else "%s"] * len(_ENTRY))
    statement = f"INSERT INTO ledger_entries ({', '.join(_ENTRY)}) VALUES ({places})"  # noqa: S608 - names of ours
    session.flush()
    session.connection().exec_driver_sql(statement, [(*values, moment) for values in entries])


def references_of(session: Session, line_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The payer's references that are known of each line, with what happened."""
    query = sa.select(col(Entry.line_id), col(Entry.reference)).where(
        among(session, col(Entry.line_id), line_ids), col(Entry.reference) != ""
    )
    found: dict[int, set[str]] = {}
    for line_id, reference in session.connection().execute(query):
        found.setdefault(line_id, set()).add(reference)
    return {line_id: frozenset(references) for line_id, references in found.items()}


def released_ids(session: Session, ledger_id: int) -> set[int]:
    """The releases that somebody may be paid by."""
    query = select(Release.id).where(Release.ledger_id == ledger_id, Release.state == "released")
    return {number for number in session.exec(query) if number is not None}


def paid_elsewhere(session: Session, ledger_ids: Collection[int], keys: Collection[str]) -> set[str]:
    """The accounts that other ledgers have paid or are about to: issued, or released and pending."""
    if not ledger_ids or not keys:
        return set()
    is_paid = sa.or_(
        col(Line.state) == State.ISSUED,
        sa.and_(col(Line.state) == State.PENDING, col(Line.release_id).is_not(None)),
    )
    query = select(Line.account_key).where(
        col(Line.ledger_id).in_(ledger_ids), col(Line.account_key).in_(keys), is_paid
    )
    return set(session.exec(query).all())


def open_differences(session: Session, ledger_id: int, limit: int = 1_000) -> Sequence[Difference]:
    """What does not add up, oldest first."""
    query = select(Difference).where(Difference.ledger_id == ledger_id, col(Difference.settled_at).is_(None))
    return session.exec(query.order_by(col(Difference.id)).limit(limit)).all()


def count_differences(session: Session, ledger_id: int) -> int:
    """How many there are."""
    query = select(sa.func.count()).select_from(Difference)
    is_open = col(Difference.settled_at).is_(None)
    return session.exec(query.where(Difference.ledger_id == ledger_id, is_open)).one()


def file_of_digest(session: Session, ledger_id: int, digest: str, besides: int) -> LedgerFile | None:
    """The same content, brought before and worked through."""
    query = select(LedgerFile).where(
        LedgerFile.ledger_id == ledger_id,
        LedgerFile.digest == digest,
        LedgerFile.state == "done",
        LedgerFile.id != besides,
    )
    return session.exec(query).first()


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
