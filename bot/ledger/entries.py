"""Writes entries and updates totals in one transaction; a line changes in no other way.

`bulk.py` does the same for many lines at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from msgspec import Struct
from sqlmodel import Session, col

from bot.ledger.line_tables import EntryValues, Line, LineRow, NewLine, among, insert_entries, insert_lines
from bot.ledger.rules import State, check_move
from bot.ledger.tables import TotalsRow
from bot.runtime.database import insert_new


class Origin(Struct, frozen=True):
    """The user who changes lines, the time, and the file if any."""

    by: str
    at: datetime
    file_id: int | None = None


class Move(NamedTuple):
    """A line's move to another state."""

    line: LineRow
    new: State
    reason: str = ""
    reference: str = ""


def add_lines(session: Session, new: Sequence[NewLine], origin: Origin) -> list[LineRow]:
    """Insert lines as pending. Return them."""
    lines = insert_lines(session, new)
    entries = [_entry(line, None, State.PENDING, origin) for line in lines]
    _write(session, entries, [(line, None, State.PENDING) for line in lines], origin.at)
    return lines


def move(session: Session, moves: Sequence[Move], origin: Origin) -> None:
    """Change the states of lines, in this order. Raises `WrongMove`.

    A line that becomes pending again needs another release before it is paid.
    """
    entries, transitions = [], []
    final_states: dict[int, State] = {}
    for requested_move in moves:
        old_state = final_states.get(requested_move.line.number, State(requested_move.line.state))
        check_move(old_state, requested_move.new)
        entries.append(
            _entry(
                requested_move.line,
                old_state,
                requested_move.new,
                origin,
                requested_move.reason,
                requested_move.reference,
            )
        )
        transitions.append((requested_move.line, old_state, requested_move.new))
        final_states[requested_move.line.number] = requested_move.new
    _write(session, entries, transitions, origin.at)
    for state in State:
        _set_state(session, [line_id for line_id, new in final_states.items() if new == state], state)


def _set_state(session: Session, line_ids: list[int], state: State) -> None:
    if line_ids:
        values: dict[str, object] = {"state": state}
        if state == State.PENDING:
            values["release_id"] = None
        elif state == State.EXCLUDED:
            values["excluded_id"] = col(Line.id)
        statement = sa.update(Line).where(among(session, col(Line.id), line_ids)).values(**values)
        session.connection().execute(statement)


def _entry(
    line: LineRow, old: State | None, new: State, origin: Origin, reason: str = "", reference: str = ""
) -> EntryValues:
    old_value = None if old is None else old.value
    return (
        line.ledger_id,
        line.number,
        old_value,
        new.value,
        line.amount,
        reason,
        reference,
        origin.file_id,
        origin.by,
    )


def _write(
    session: Session,
    entries: list[EntryValues],
    transitions: Sequence[tuple[LineRow, State | None, State]],
    at: datetime,
) -> None:
    if not entries:
        return
    insert_entries(session, entries, at)
    deltas: dict[tuple[int, str, str], dict[str, int]] = {}
    for line, old, new in transitions:
        delta = deltas.setdefault((line.ledger_id, line.cohort, line.currency), {})
        delta[new] = delta.get(new, 0) + line.amount
        if old is None:
            delta["eligible"] = delta.get("eligible", 0) + line.amount
            delta["lines"] = delta.get("lines", 0) + 1
        else:
            delta[old] = delta.get(old, 0) - line.amount
    # In a fixed order, so that two transactions cannot deadlock.
    for (ledger_id, cohort, currency), delta in sorted(deltas.items()):
        move_totals(session, ledger_id, cohort, currency, delta)


def move_totals(session: Session, ledger_id: int, cohort: str, currency: str, delta: dict[str, int]) -> None:
    """Update the totals of a cohort in a currency by `delta`, in the transaction of the entries."""
    insert_new(session, TotalsRow(ledger_id=ledger_id, cohort=cohort, currency=currency))
    table = TotalsRow.__table__  # type: ignore[attr-defined]  # added by SQLModel
    values = {str(name): table.c[str(name)] + amount for name, amount in delta.items()}
    conditions = sa.and_(table.c.ledger_id == ledger_id, table.c.cohort == cohort, table.c.currency == currency)
    session.connection().execute(sa.update(table).where(conditions).values(**values))
