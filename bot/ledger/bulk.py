"""Enters the unambiguous rows of a file with a few statements for all of them.

Rows that a statement skips are judged one by one (`rules.judge`); it enters exactly what that rule would enter. A
chunk of rows is passed as one parameter, a JSON array, which both databases can unpack.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from bot.ledger.entries import Origin, move_totals
from bot.ledger.reading import OwedRow, PaidRow
from bot.runtime.database import UtcDateTime

# Always `CROSS JOIN`: it makes SQLite start with the chunk and look up its lines, however many there are.
_CHUNK = {
    "sqlite": ("json_each(:chunk)", "json_extract(value, '$[{place}]')"),
    "postgresql": ("json_array_elements(CAST(:chunk AS json))", "CAST(value ->> {place} AS {type})"),
}
_PAID_COLUMNS = {"line": "int", "account_key": "text", "amount": "bigint", "currency": "text"} | {
    "reason": "text",
    "reference": "text",
}
_OWED_COLUMNS = {"account": "text", "account_key": "text", "amount": "bigint", "currency": "text"}

_LINE_OF_ACCOUNT = "line.account_key = given.account_key AND line.ledger_id = :ledger AND line.excluded_id = 0"
# `<> ''` repeats the condition of the partial index on references; SQLite would not use the index without it.
_IS_KNOWN = """EXISTS (
    SELECT 1 FROM ledger_entries known
    WHERE known.line_id = line.id AND known.reference = 'issued:' || given.reference AND known.reference <> ''
)"""
_IS_SAME_AMOUNT = "line.amount = given.amount AND line.currency = given.currency"
_IS_PAID_ELSEWHERE = """EXISTS (
    SELECT 1 FROM ledger_lines other
    WHERE other.account_key = line.account_key AND other.ledger_id IN :others
    AND (other.state = 'issued' OR (other.state = 'pending' AND other.release_id IN (
        SELECT id FROM ledger_releases WHERE state <> 'refused'
    )))
)"""
_ISSUE = (
    "INSERT INTO ledger_entries "
    '(ledger_id, line_id, old_state, new_state, amount, reason, reference, file_id, "by", at)',
    f"""
    SELECT line.ledger_id, line.id, 'pending', 'issued', line.amount, given.reason,
        CASE given.reference WHEN '' THEN '' ELSE 'issued:' || given.reference END, :file, :by, :at
    FROM given CROSS JOIN ledger_lines line
    WHERE {_LINE_OF_ACCOUNT} AND line.state = 'pending' AND {_IS_SAME_AMOUNT}
    AND line.release_id IN (SELECT id FROM ledger_releases WHERE ledger_id = :ledger AND state = 'released')
    AND NOT {_IS_KNOWN} AND NOT {_IS_PAID_ELSEWHERE}
    """,  # noqa: S608 - our own names
)
_ADD = (
    # An account has only one line that counts, so lines already in the ledger stay unchanged.
    "INSERT INTO ledger_lines (ledger_id, cohort, account, account_key, amount, currency, state, excluded_id)",
    """
    SELECT :ledger, :cohort, given.account, given.account_key, given.amount, given.currency, 'pending', 0
    FROM given WHERE true ON CONFLICT DO NOTHING
    """,
)
_ENTER_ADDED = sa.text(
    """
    INSERT INTO ledger_entries (ledger_id, line_id, new_state, amount, reason, reference, file_id, "by", at)
    SELECT ledger_id, id, 'pending', amount, '', '', :file, :by, :at
    FROM ledger_lines WHERE id > :before AND ledger_id = :ledger
    """
).bindparams(sa.bindparam("at", type_=UtcDateTime()))
_DOUBTFUL = f"""
    SELECT given.line FROM given WHERE NOT EXISTS (
        SELECT 1 FROM ledger_lines line WHERE {_LINE_OF_ACCOUNT}
        AND ({_IS_KNOWN} OR (line.state = 'issued' AND given.reference = '' AND {_IS_SAME_AMOUNT}))
    )
"""  # noqa: S608 - our own names
_ENTERED = "SELECT line_id FROM ledger_entries WHERE id > :before AND file_id = :file"
_SUMS = sa.text(
    f"""SELECT cohort, currency, SUM(amount), COUNT(*) FROM ledger_lines WHERE id IN ({_ENTERED})
    GROUP BY cohort, currency ORDER BY cohort, currency"""  # noqa: S608 - our own names
)
_SET_ISSUED = sa.text(f"UPDATE ledger_lines SET state = 'issued' WHERE id IN ({_ENTERED})")  # noqa: S608 - likewise
_SETTLE = sa.text(
    f"""UPDATE ledger_differences SET settled_at = :at
    WHERE ledger_id = :ledger AND file_id <> :file AND settled_at IS NULL
    AND account_key IN (SELECT account_key FROM ledger_lines WHERE id IN ({_ENTERED}))"""  # noqa: S608 - likewise
).bindparams(sa.bindparam("at", type_=UtcDateTime()))


class Target(NamedTuple):
    """The ledger that a file is entered into, locked by the transaction, and those with the same cause."""

    ledger_id: int
    others: Collection[int]


def issue(session: Session, target: Target, rows: Sequence[tuple[PaidRow, str]], origin: Origin) -> int:
    """Enter payments that match a released, pending line exactly; `rows` pairs rows with account keys, each account
    once. Return how many were entered."""
    if not rows:
        return 0
    last_entry = _highest_id(session, "ledger_entries")
    parameters = _parameters(target, origin, last_entry) | {
        "chunk": _paid_json(rows),
        "others": list(target.others),
    }
    entered_count: int = session.connection().execute(_issue_statement(_dialect(session)), parameters).rowcount
    if entered_count:
        own_parameters = {name: parameters[name] for name in ("before", "file")}
        for cohort, currency, amount, _ in session.connection().execute(_SUMS, own_parameters).all():
            delta = {"issued": int(amount), "pending": -int(amount)}
            move_totals(session, target.ledger_id, cohort, currency, delta)
        session.connection().execute(_SET_ISSUED, own_parameters)
        session.connection().execute(_SETTLE, own_parameters | {"ledger": target.ledger_id, "at": origin.at})
    return entered_count


def doubtful(session: Session, target: Target, rows: Sequence[tuple[PaidRow, str]]) -> set[int]:
    """Return the line numbers of rows that are not payments already known, and so must be judged."""
    if not rows:
        return set()
    parameters = {"chunk": _paid_json(rows), "ledger": target.ledger_id}
    return set(session.connection().execute(_doubtful_statement(_dialect(session)), parameters).scalars())


def add(session: Session, target: Target, cohort: str, rows: Sequence[tuple[OwedRow, str]], origin: Origin) -> int:
    """Add accounts new to the ledger; `rows` pairs rows with account keys, each once. Return the count added."""
    if not rows:
        return 0
    last_line = _highest_id(session, "ledger_lines")
    chunk = json.dumps([(row.account, key, row.amount, row.currency) for row, key in rows])
    parameters = {"chunk": chunk, "ledger": target.ledger_id, "cohort": cohort}
    added_count: int = session.connection().execute(_add_statement(_dialect(session)), parameters).rowcount
    if added_count:
        last_entry = _highest_id(session, "ledger_entries")
        session.connection().execute(_ENTER_ADDED, _parameters(target, origin, last_line))
        own_parameters = {"before": last_entry, "file": origin.file_id}
        for its_cohort, currency, amount, lines in session.connection().execute(_SUMS, own_parameters).all():
            delta = {"eligible": int(amount), "pending": int(amount), "lines": lines}
            move_totals(session, target.ledger_id, its_cohort, currency, delta)
    return added_count


def _paid_json(rows: Sequence[tuple[PaidRow, str]]) -> str:
    return json.dumps([(row.line, key, row.amount, row.currency, row.reason, row.reference) for row, key in rows])


def _parameters(target: Target, origin: Origin, last_id: int) -> dict[str, Any]:
    return {
        "ledger": target.ledger_id,
        "file": origin.file_id,
        "by": origin.by,
        "at": origin.at,
        "before": last_id,
    }


def _highest_id(session: Session, table: str) -> int:
    """Return the highest id. The ledger's rows above it are this transaction's, as nothing else writes to it."""
    session.flush()
    if _dialect(session) == "postgresql":
        # A plan made while the tables were small would scan them fully for each account.
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    highest_id = session.connection().execute(sa.text(f"SELECT MAX(id) FROM {table}")).scalar()  # noqa: S608 - our own
    return int(highest_id or 0)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@cache
def _issue_statement(dialect: str) -> sa.TextClause:
    statement = sa.text(_with_chunk(dialect, _PAID_COLUMNS, *_ISSUE))
    return statement.bindparams(sa.bindparam("others", expanding=True), sa.bindparam("at", type_=UtcDateTime()))


@cache
def _doubtful_statement(dialect: str) -> sa.TextClause:
    return sa.text(_with_chunk(dialect, _PAID_COLUMNS, "", _DOUBTFUL))


@cache
def _add_statement(dialect: str) -> sa.TextClause:
    return sa.text(_with_chunk(dialect, _OWED_COLUMNS, *_ADD))


def _with_chunk(dialect: str, columns: Mapping[str, str], insert: str, select: str) -> str:
    source, column_template = _CHUNK[dialect]
    columns_sql = ", ".join(
        f"{column_template.format(place=index, type=type_)} AS {name}"
        for index, (name, type_) in enumerate(columns.items())
    )
    # On SQLite, a statement that begins with `WITH` does not report how many rows it wrote.
    return f"{insert} WITH given AS (SELECT {columns_sql} FROM {source}) {select}"  # noqa: S608 - our own names
