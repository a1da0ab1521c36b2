"""Imports files into a ledger: checked as a whole, then processed in short transactions that resume after a kill.

Each transaction writes its rows and the file's progress, so a row counts once however often it is retried.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct
from sqlmodel import Session

from bot.ledger import bulk, difference_tables, line_tables, tables
from bot.ledger.accounts import Hasher, others, same_cause
from bot.ledger.difference_tables import Difference
from bot.ledger.entries import Move, Origin, add_lines, move
from bot.ledger.line_tables import LineRow, NewLine
from bot.ledger.reading import OwedRow, PaidRow, owed_rows, paid_rows
from bot.ledger.rules import SAME_CAUSE, Known, LedgerClosed, Payer, State, Trouble, Verdict, judge, mask
from bot.ledger.tables import Ledger, LedgerFile
from bot.runtime import garbage_collection
from bot.runtime.chunks import ON_SERVER_S, SMALLEST, TARGET_S, ChunkSize
from bot.runtime.clock import utcnow
from bot.runtime.database import Database, count_rows, low_priority

FIRST_CHUNK = 500
# A file this large may follow others of its size within moments, so the tables are analysed again.
MANY = 1_000
LINES, RESULTS = "lines", "results"


class Outcome(Struct, frozen=True):
    """The outcome of importing a file."""

    rows: int = 0
    changed: int = 0
    differences: int = 0
    is_known: bool = False
    # Accounts of the file that the ledger has with another amount or currency; they stay as they were.
    other_amounts: int = 0


class _Work(Struct, frozen=True):
    """A transaction on a ledger and its file, with the ledgers of the same cause locked."""

    session: Session
    ledger: Ledger
    others: Sequence[int]
    file: LedgerFile

    @property
    def origin(self) -> Origin:
        """The origin of these entries."""
        return Origin(self.file.brought_by, utcnow(), self.file.number)

    @property
    def target(self) -> bulk.Target:
        """The ledgers that the entries concern."""
        return bulk.Target(self.ledger.number, self.others)


def import_file(database: Database, file_id: int, path: Path, size: ChunkSize | None = None) -> Outcome:
    """Import a file; a file with a wrong row is refused as a whole.

    Of a file imported before, only the rows that still differ are judged again: the others are in the ledger.
    """
    with database.reading() as session:
        file = session.get_one(LedgerFile, file_id)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows: Sequence[OwedRow | PaidRow] = owed_rows(path) if file.kind == LINES else paid_rows(path)
    garbage_collection.freeze_live_objects()
    with low_priority():
        lines_to_judge = _lines_to_judge_again(database, file_id, digest)
        if lines_to_judge is not None and not lines_to_judge and not file.done_line:
            return Outcome(len(rows), is_known=True)
        if len(rows) >= MANY:
            count_rows(database.engine, "ledger_lines", "ledger_entries")
        remaining_rows = (row for row in rows if lines_to_judge is None or row.line in lines_to_judge)
        hasher, size = _hasher(database), size or chunk_size(database)
        while chunk := list(islice(remaining_rows, size.rows)):
            # Compute the keys outside the transaction, which makes others wait.
            rows_with_keys = [(row, hasher.key(row.account)) for row in chunk]
            with size.measured(len(chunk)):
                _import_chunk(database, file_id, rows_with_keys)
        owed = [row for row in rows if isinstance(row, OwedRow)]
        return _finish(database, file_id, len(rows), _other_amounts(database, file_id, owed, hasher))


def chunk_size(database: Database) -> ChunkSize:
    """Return a chunk size that leaves room in the 100 ms that a click may wait."""
    if database.is_sqlite:
        return ChunkSize(FIRST_CHUNK, target_s=TARGET_S)
    # The first chunk also compiles its statements.
    return ChunkSize(SMALLEST, target_s=ON_SERVER_S)


def _lines_to_judge_again(database: Database, file_id: int, digest: str) -> set[int] | None:
    """Return the rows that still differ if the file was imported before, else None. Note the file's digest."""
    with database.transaction() as session:
        file = session.get_one(LedgerFile, file_id)
        file.digest = digest
        copies = tables.copies_of(session, file)
        return difference_tables.open_rows(session, copies) if copies else None


def _hasher(database: Database) -> Hasher:
    with database.transaction() as session:
        return Hasher.of(session)


def _import_chunk(database: Database, file_id: int, rows: Sequence[tuple[OwedRow | PaidRow, str]]) -> None:
    # Chunks lost in a power failure are redone: only the file's final commit waits for the disk.
    with database.transaction(is_synced=False) as session:
        work = _lock_work(session, file_id)
        remaining_rows = [(row, key) for row, key in rows if row.line > work.file.done_line]
        if not remaining_rows:
            return
        if not work.ledger.is_open:
            raise LedgerClosed()
        accounts_to_add = [(row, key) for row, key in remaining_rows if isinstance(row, OwedRow)]
        payments = [(row, key) for row, key in remaining_rows if isinstance(row, PaidRow)]
        if accounts_to_add:
            work.file.changed += _add_accounts(work, accounts_to_add)
        if payments:
            work.file.changed += _apply_payments(work, payments)
        work.file.done_line = remaining_rows[-1][0].line


def _lock_work(session: Session, file_id: int) -> _Work:
    file = session.get_one(LedgerFile, file_id)
    ledger = tables.get(session, file.ledger_id)
    locked_ledgers = list(tables.lock_of_incidents(session, same_cause(session, ledger.incident_id)))
    ledger = next(candidate for candidate in locked_ledgers if candidate.number == ledger.number)
    return _Work(session, ledger, others(locked_ledgers, ledger), file)


def _add_accounts(work: _Work, rows: Sequence[tuple[OwedRow, str]]) -> int:
    """Add new accounts, those paid by another ledger as excluded; accounts already in the ledger stay unchanged."""
    paid_elsewhere = line_tables.paid_elsewhere(work.session, work.others, {key for _, key in rows})
    added_count = bulk.add(
        work.session,
        work.target,
        work.file.cohort,
        [row_with_key for row_with_key in rows if row_with_key[1] not in paid_elsewhere],
        work.origin,
    )
    return added_count + _exclude(work, {key: row for row, key in rows if key in paid_elsewhere})


def _exclude(work: _Work, rows_by_key: Mapping[str, OwedRow]) -> int:
    """Add accounts paid elsewhere as excluded, unless the ledger already has a line for them, excluded or not."""
    if not rows_by_key:
        return 0
    existing_lines = line_tables.lines_of_accounts(work.session, work.ledger.number, rows_by_key.keys())
    ledger_id, cohort = work.ledger.number, work.file.cohort
    new_lines = [
        NewLine(ledger_id, cohort, row.account, key, row.amount, row.currency)
        for key, row in rows_by_key.items()
        if key not in existing_lines
    ]
    lines = add_lines(work.session, new_lines, work.origin)
    move(work.session, [Move(line, State.EXCLUDED, SAME_CAUSE) for line in lines], work.origin)
    return len(lines)


def _apply_payments(work: _Work, rows: Sequence[tuple[PaidRow, str]]) -> int:
    """Enter unambiguous payments in bulk, and judge the rest row by row."""
    if copies := tables.copies_of(work.session, work.file):
        difference_tables.settle_rows(work.session, copies, {row.line for row, _ in rows}, utcnow())
    rows_per_account = Counter(key for _, key in rows)
    single_rows = [
        (row, key)
        for row, key in rows
        if row.status == Payer.ISSUED and not row.is_repeated and rows_per_account[key] == 1
    ]
    issued = bulk.issue(work.session, work.target, single_rows, work.origin)
    if issued == len(rows):
        return issued
    settled_lines = {row.line for row, _ in single_rows} - bulk.doubtful(work.session, work.target, single_rows)
    return issued + _judge(work, [(row, key) for row, key in rows if row.line not in settled_lines])


def _judge(work: _Work, rows: Sequence[tuple[PaidRow, str]]) -> int:
    """Judge the payer's rows in order, because an account may be paid and reversed in one file."""
    if not rows:
        return 0
    lines = line_tables.lines_of_accounts(work.session, work.ledger.number, {key for _, key in rows})
    known_by_key = _known_by_account(work, lines)
    moves: list[Move] = []
    changed_keys: set[str] = set()
    for row, key in rows:
        known = known_by_key.get(key)
        verdict = judge(known, row.status, row.amount, row.currency, row.reference, is_repeated=row.is_repeated)
        if verdict.trouble:
            work.session.add(_difference(work, row, key, verdict.trouble))
        if verdict.is_second_reversed:
            difference_tables.settle_second_payment(work.session, work.ledger.number, key, utcnow())
        if verdict.moves:
            moves += _moves(lines[key], row, verdict)
        if known is not None:
            known_by_key[key] = _known_after(known, row, verdict)
            if {known.state, *verdict.moves} != {known.state}:
                changed_keys.add(key)
    _settle_differences(work, sorted(changed_keys))
    move(work.session, moves, work.origin)
    return len(changed_keys)


def _known_by_account(work: _Work, lines: Mapping[str, LineRow]) -> dict[str, Known]:
    session = work.session
    references = line_tables.references_of(session, [line.number for line in lines.values()])
    released_ids = tables.released_ids(session, work.ledger.number)
    paid_elsewhere = line_tables.paid_elsewhere(session, work.others, lines.keys())
    second_payments = difference_tables.second_payments(session, work.ledger.number, lines.keys())
    return {
        key: Known(
            State(line.state),
            line.amount,
            line.currency,
            line.release_id in released_ids,
            *references.get(line.number, line_tables.References()),
            is_paid_elsewhere=key in paid_elsewhere,
            second_payments=second_payments.get(key, 0),
        )
        for key, line in lines.items()
    }


def _known_after(known: Known, row: PaidRow, verdict: Verdict) -> Known:
    state = verdict.moves[-1] if verdict.moves else known.state
    is_noted = bool(verdict.moves and row.reference)
    return known._replace(
        state=state,
        is_released=known.is_released and state != State.PENDING,
        references=known.references | ({f"{row.status}:{row.reference}"} if is_noted else set()),
        is_named=state == State.ISSUED and (known.is_named or (is_noted and row.status == Payer.ISSUED)),
        second_payments=known.second_payments + (verdict.trouble == Trouble.AGAIN) - verdict.is_second_reversed,
    )


def _moves(line: LineRow, row: PaidRow, verdict: Verdict) -> list[Move]:
    reference = f"{row.status}:{row.reference}" if row.reference else ""
    default_reason = "reversed by the payer" if row.status == Payer.REVERSED else ""
    reason = row.reason or (verdict.trouble.value if verdict.trouble else default_reason)
    *earlier_states, last_state = verdict.moves
    return [
        *(Move(line, state, "paid after a failure") for state in earlier_states),
        Move(line, last_state, reason, reference),
    ]


def _difference(work: _Work, row: PaidRow, key: str, trouble: Trouble) -> Difference:
    return Difference(
        ledger_id=work.ledger.number,
        file_id=work.file.number,
        line_number=row.line,
        trouble=trouble,
        shown=mask(row.account),
        account_key=key,
        amount=row.amount,
        currency=row.currency,
    )


def _settle_differences(work: _Work, keys: Sequence[str]) -> None:
    """Settle earlier differences about these accounts, because a newer row of the payer's was applied."""
    if difference_tables.count_differences(work.session, work.ledger.number):
        difference_tables.settle_differences(work.session, work.ledger.number, keys, work.file.number, utcnow())


def _other_amounts(database: Database, file_id: int, rows: Sequence[OwedRow], hasher: Hasher) -> int:
    """Count the accounts of a file that the ledger has with another amount or currency."""
    with database.reading() as session:
        file = session.get_one(LedgerFile, file_id)
    count, remaining_rows = 0, iter(rows if file.changed < len(rows) else ())
    while chunk := {hasher.key(row.account): row for row in islice(remaining_rows, FIRST_CHUNK)}:
        with database.reading() as session:
            lines = line_tables.lines_of_accounts(session, file.ledger_id, chunk.keys())
        count += sum(
            (line.amount, line.currency) != (chunk[key].amount, chunk[key].currency) for key, line in lines.items()
        )
    return count


def _finish(database: Database, file_id: int, rows: int, other_amounts: int) -> Outcome:
    with database.transaction() as session:
        file = session.get_one(LedgerFile, file_id)
        file.state = "done"
        differences = difference_tables.count_of_file(session, file_id)
        return Outcome(rows, file.changed, differences, other_amounts=other_amounts)
