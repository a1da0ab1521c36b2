"""Lines of a ledger and their entries; every query on them."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.ledger.rules import State, Totals
from bot.ledger.tables import REFUSED, Release, minor_units
from bot.runtime.database import Numbered, partial_index, utc_column

# An account of a person is shown to those who are permitted and in no export.
PRIVATE = {"is_private": True}


class Line(Numbered, table=True):
    """What one account is owed. Its state is that of its newest entry."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        # Keys are random: an index that depends on the state would be written all over at every payment.
        sa.Index("ux_ledger_lines_account", "account_key", "ledger_id", "excluded_id", unique=True),
        # With the id, a chunk of what waits is found in its order.
        sa.Index("ix_ledger_lines_state", "ledger_id", "cohort", "currency", "state", "id"),
        sa.CheckConstraint("amount > 0", name="ck_ledger_lines_amount"),
        sa.CheckConstraint("(state = 'excluded') = (excluded_id <> 0)", name="ck_ledger_lines_excluded"),
    )

    ledger_id: int = Field(foreign_key="ledgers.id")
    cohort: str
    account: str = Field(sa_column=sa.Column(sa.String(), nullable=False, info=PRIVATE))
    # A keyed hash: after the account is purged it still refuses a second payment.
    account_key: str
    amount: int = Field(sa_column=minor_units())
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
    amount: int = Field(sa_column=minor_units())
    reason: str = ""
    # The payer's own name of the payment, with what happened to it.
    reference: str = ""
    file_id: int | None = Field(default=None, foreign_key="ledger_files.id")
    by: str
    at: datetime = Field(sa_column=utc_column(nullable=False))


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


def newest_line(session: Session) -> int:
    """The last number of a line."""
    return session.exec(select(sa.func.max(Line.id))).one() or 0


def unreleased(ledger_id: int) -> tuple[Any, ...]:
    """The lines of a ledger that wait and are in no release, or in one that was refused."""
    refused = sa.select(col(Release.id)).where(col(Release.ledger_id) == ledger_id, col(Release.state) == REFUSED)
    is_free = sa.or_(col(Line.release_id).is_(None), col(Line.release_id).in_(refused))
    return col(Line.state) == State.PENDING, is_free


def pending_lines(session: Session, release: Release, count: int) -> list[LineRow]:
    """So many of the pending lines that a release has not come to yet, in order."""
    which = (
        col(Line.ledger_id) == release.ledger_id,
        col(Line.cohort) == release.cohort,
        col(Line.currency) == release.currency,
        col(Line.state) == State.PENDING,
        col(Line.id) > release.done_line,
        col(Line.id) <= release.last_line,
    )
    rows = session.connection().execute(_LINE.where(*which).order_by(col(Line.id)).limit(count))
    return [LineRow._make(row) for row in rows]


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


def paid_elsewhere(session: Session, ledger_ids: Collection[int], keys: Collection[str]) -> set[str]:
    """The accounts that other ledgers have paid or are about to: issued, or released and pending."""
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
