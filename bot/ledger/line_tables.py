"""Lines of a ledger and their entries, and every query on them."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.ledger.rules import State, Totals
from bot.ledger.tables import REFUSED, Release, minor_units
from bot.runtime.database import Numbered, partial_index, utc_column

# A person's account is shown only to permitted users, and is in no export.
PRIVATE = {"is_private": True}


class Line(Numbered, table=True):
    """The amount owed to one account. Its state is that of its newest entry."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        # Keys are random, so every payment would scatter writes over an index that depends on the state.
        sa.Index("ux_ledger_lines_account", "account_key", "ledger_id", "excluded_id", unique=True),
        # The id lets chunks of pending lines be read in order.
        sa.Index("ix_ledger_lines_state", "ledger_id", "cohort", "currency", "state", "id"),
        sa.CheckConstraint("amount > 0", name="ck_ledger_lines_amount"),
        sa.CheckConstraint("(state = 'excluded') = (excluded_id <> 0)", name="ck_ledger_lines_excluded"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    cohort: str
    account: str = Field(sa_column=sa.Column(sa.String(), nullable=False, info=PRIVATE))
    # A keyed hash, which prevents a second payment even after the account is purged.
    account_key: str
    amount: int = Field(sa_column=minor_units())
    currency: str
    state: str = State.PENDING
    release_id: int | None = Field(default=None, foreign_key="ledger_releases.id")
    # 0 while the line counts, its own id once it is excluded, when the account may have another line.
    excluded_id: int = 0


class LineRow(NamedTuple):
    """A line for bulk reads and writes, which takes a tenth of the time of a table object."""

    number: int
    ledger_id: int
    cohort: str
    account_key: str
    amount: int
    currency: str
    state: str
    release_id: int | None


class NewLine(NamedTuple):
    """The amount owed to an account that is not in a ledger yet."""

    ledger_id: int
    cohort: str
    account: str
    account_key: str
    amount: int
    currency: str


class Entry(Numbered, table=True):
    """A change to a line; entries are never changed or deleted."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        partial_index("ux_ledger_entries_reference", "line_id", "reference", where="reference <> ''", unique=True),
        sa.Index("ix_ledger_entries_line", "line_id"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    line_id: int = Field(foreign_key="ledger_lines.id")
    old_state: str | None = None
    new_state: str
    amount: int = Field(sa_column=minor_units())
    reason: str = ""
    # The payer's own reference for the payment, prefixed with its status.
    reference: str = ""
    file_id: int | None = Field(default=None, foreign_key="ledger_files.id")
    by: str
    at: datetime = Field(sa_column=utc_column(nullable=False))


def sums_of_lines(session: Session, ledger_id: int) -> dict[tuple[str, str], Totals]:
    """Return the totals by cohort and currency as summed from the lines, for comparison."""
    query = (
        sa.select(col(Line.cohort), col(Line.currency), col(Line.state), sa.func.sum(Line.amount), sa.func.count())
        .where(col(Line.ledger_id) == ledger_id)
        .group_by(col(Line.cohort), col(Line.currency), col(Line.state))
    )
    totals_by_key: dict[tuple[str, str], Totals] = {}
    for cohort, currency, state, amount, count in session.connection().execute(query):
        previous = totals_by_key.get((cohort, currency), Totals())
        sums = {str(name): sum_ for name, sum_ in previous.sums().items()} | {str(state): int(amount)}
        totals_by_key[cohort, currency] = Totals(**sums, lines=previous.lines + count)
    return totals_by_key


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
    """Return the condition that the column is one of the values. On SQLite they are one parameter, because
    SQLAlchemy would otherwise render each of a thousand into the statement every time."""
    if session.get_bind().dialect.name != "sqlite":
        return column.in_(values)
    values_table = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(values_table.c.value))


def lines_of_accounts(session: Session, ledger_id: int, keys: Collection[str]) -> dict[str, LineRow]:
    """Return each account's line: the one that counts, or else the newest excluded one."""
    condition = among(session, col(Line.account_key), keys)
    query = _LINE.where(col(Line.ledger_id) == ledger_id, condition).order_by(col(Line.id))
    lines_by_account: dict[str, LineRow] = {}
    for row in map(LineRow._make, session.connection().execute(query)):
        if row.account_key not in lines_by_account or lines_by_account[row.account_key].state == State.EXCLUDED:
            lines_by_account[row.account_key] = row
    return lines_by_account


def newest_line(session: Session) -> int:
    """Return the highest line number."""
    return session.exec(select(sa.func.max(Line.id))).one() or 0


def unreleased(ledger_id: int) -> tuple[Any, ...]:
    """Return the conditions for pending lines in no release, or in a refused one."""
    refused_ids = sa.select(col(Release.id)).where(
        col(Release.ledger_id) == ledger_id, col(Release.state) == REFUSED
    )
    is_free = sa.or_(col(Line.release_id).is_(None), col(Line.release_id).in_(refused_ids))
    return col(Line.state) == State.PENDING, is_free


def pending_lines(session: Session, release: Release, count: int) -> list[LineRow]:
    """Return up to `count` pending lines that a release has not reached yet, in order."""
    conditions = (
        col(Line.ledger_id) == release.ledger_id,
        col(Line.cohort) == release.cohort,
        col(Line.currency) == release.currency,
        col(Line.state) == State.PENDING,
        col(Line.id) > release.done_line,
        col(Line.id) <= release.last_line,
    )
    rows = session.connection().execute(_LINE.where(*conditions).order_by(col(Line.id)).limit(count))
    return [LineRow._make(row) for row in rows]


def insert_lines(session: Session, lines: Sequence[NewLine]) -> list[LineRow]:
    """Insert lines as pending. Return them with their numbers."""
    if not lines:
        return []
    # If SQLAlchemy had to return the numbers, it would insert the lines one at a time.
    values = [line._asdict() | {"state": State.PENDING, "excluded_id": 0} for line in lines]
    session.connection().execute(sa.insert(Line.__table__), values)  # type: ignore[attr-defined]  # added by SQLModel
    lines_by_account = lines_of_accounts(session, lines[0].ledger_id, [line.account_key for line in lines])
    return [lines_by_account[line.account_key] for line in lines]


# The values of an entry except its time, in this order.
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
    """Insert entries with the same time. Bypasses the mapper, to avoid creating a hundred thousand objects."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    utc = at.astimezone(UTC).replace(tzinfo=None)
    moment = utc.isoformat(" ", "microseconds") if is_sqlite else utc
    placeholders = ", ".join(["?" if is_sqlite else "%s"] * len(_ENTRY))
    statement = f"INSERT INTO ledger_entries ({', '.join(_ENTRY)}) VALUES ({placeholders})"  # noqa: S608 - our own names
    session.flush()
    session.connection().exec_driver_sql(statement, [(*values, moment) for values in entries])


class References(NamedTuple):
    """The payer's references of a line, prefixed with their status.

    `is_payment_named`: one of them names the payment that the line is issued by.
    """

    known: frozenset[str] = frozenset()
    is_payment_named: bool = False


def references_of(session: Session, line_ids: Collection[int]) -> dict[int, References]:
    """Return the payer's known references for each line that has any."""
    is_issued = col(Entry.old_state) == State.ISSUED
    query = sa.select(col(Entry.line_id), col(Entry.reference), col(Entry.new_state)).where(
        among(session, col(Entry.line_id), line_ids), sa.or_(col(Entry.reference) != "", is_issued)
    )
    references_by_line: dict[int, References] = {}
    for line_id, reference, new_state in session.connection().execute(query.order_by(col(Entry.id))):
        references = references_by_line.get(line_id, References())
        names_payment = reference.startswith(f"{State.ISSUED}:")
        # A line that is no longer issued awaits a new payment.
        is_named = new_state == State.ISSUED and (names_payment or references.is_payment_named)
        references_by_line[line_id] = References(references.known | ({reference} - {""}), is_named)
    return references_by_line


def paid_elsewhere(session: Session, ledger_ids: Collection[int], keys: Collection[str]) -> set[str]:
    """Return the accounts that those ledgers have paid or may pay: issued, or pending in a release not refused."""
    if not ledger_ids or not keys:
        return set()
    is_paid = sa.or_(
        col(Line.state) == State.ISSUED,
        sa.and_(
            col(Line.state) == State.PENDING,
            col(Line.release_id).in_(sa.select(col(Release.id)).where(col(Release.state) != REFUSED)),
        ),
    )
    query = select(Line.account_key).where(
        col(Line.ledger_id).in_(ledger_ids), col(Line.account_key).in_(keys), is_paid
    )
    return set(session.exec(query).all())
