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
from bot.runtime import collector
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
    """Import a file. A file imported before changes nothing; a file with a wrong row is refused as a whole."""
    with database.reading() as session:
        file = session.get_one(LedgerFile, file_id)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows: Sequence[OwedRow | PaidRow] = owed_rows(path) if file.kind == LINES else paid_rows(path)
    collector.leave_out_what_lives()
    with low_priority():
        if _is_known(database, file, digest):
            return Outcome(len(rows), is_known=True)
        if len(rows) >= MANY:
            count_rows(database.engine, "ledger_lines", "ledger_entries")
        hasher, size, left = _hasher(database), size or chunk_size(database), iter(rows)
        while chunk := list(islice(left, size.rows)):
            # Compute the keys outside the transaction, which makes others wait.
            keyed = [(row, hasher.key(row.account)) for row in chunk]
            with size.measured(len(chunk)):
                _import_chunk(database, file_id, keyed)
        return _finish(database, file_id, len(rows))


def chunk_size(database: Database) -> ChunkSize:
    """Return a chunk size that leaves room in the 100 ms that a click may wait."""
    if database.is_sqlite:
        return ChunkSize(FIRST_CHUNK, target_s=TARGET_S)
    # The first chunk also compiles its statements.
    return ChunkSize(SMALLEST, target_s=ON_SERVER_S)


def _is_known(database: Database, file: LedgerFile, digest: str) -> bool:
    with database.transaction() as session:
        if tables.file_of_digest(session, file.ledger_id, digest, file.number):
            return True
        mine = session.get_one(LedgerFile, file.number)
        mine.digest = digest
        session.add(mine)
        return False


def _hasher(database: Database) -> Hasher:
    with database.transaction() as session:
        return Hasher.of(session)


def _import_chunk(database: Database, file_id: int, rows: Sequence[tuple[OwedRow | PaidRow, str]]) -> None:
    # Chunks lost in a power failure are redone: only the file's final commit waits for the disk.
    with database.transaction(is_synced=False) as session:
        work = _work(session, file_id)
        left = [(row, key) for row, key in rows if row.line > work.file.done_line]
        if not left:
            return
        if not work.ledger.is_open:
            raise LedgerClosed()
        owed = [(row, key) for row, key in left if isinstance(row, OwedRow)]
        paid = [(row, key) for row, key in left if isinstance(row, PaidRow)]
        work.file.changed += (_add(work, owed) if owed else 0) + (_apply(work, paid) if paid else 0)
        work.file.done_line = left[-1][0].line
        session.add(work.file)


def _work(session: Session, file_id: int) -> _Work:
    file = session.get_one(LedgerFile, file_id)
    ledger = tables.get(session, file.ledger_id)
    locked = list(tables.lock_of_incidents(session, same_cause(session, ledger.incident_id)))
    ledger = next(each for each in locked if each.number == ledger.number)
    return _Work(session, ledger, others(locked, ledger), file)


def _add(work: _Work, rows: Sequence[tuple[OwedRow, str]]) -> int:
    """Add new accounts, those paid by another ledger as excluded; accounts already in the ledger stay unchanged."""
    elsewhere = line_tables.paid_elsewhere(work.session, work.others, {key for _, key in rows})
    added = bulk.add(
        work.session,
        work.target,
        work.file.cohort,
        [each for each in rows if each[1] not in elsewhere],
        work.origin,
    )
    return added + _exclude(work, {key: row for row, key in rows if key in elsewhere})


def _exclude(work: _Work, by_key: Mapping[str, OwedRow]) -> int:
    """Add accounts paid elsewhere as excluded, unless the ledger already has a line for them, excluded or not."""
    if not by_key:
        return 0
    known = line_tables.lines_of_accounts(work.session, work.ledger.number, by_key.keys())
    ledger_id, cohort = work.ledger.number, work.file.cohort
    owed = [
        NewLine(ledger_id, cohort, row.account, key, row.amount, row.currency)
        for key, row in by_key.items()
        if key not in known
    ]
    lines = add_lines(work.session, owed, work.origin)
    move(work.session, [Move(line, State.EXCLUDED, SAME_CAUSE) for line in lines], work.origin)
    return len(lines)


def _apply(work: _Work, rows: Sequence[tuple[PaidRow, str]]) -> int:
    """Enter unambiguous payments in bulk, and judge the rest row by row."""
    often = Counter(key for _, key in rows)
    single = [
        (row, key) for row, key in rows if row.status == Payer.ISSUED and not row.is_repeated and often[key] == 1
    ]
    issued = bulk.issue(work.session, work.target, single, work.origin)
    if issued == len(rows):
        return issued
    known = {row.line for row, _ in single} - bulk.doubtful(work.session, work.target, single)
    return issued + _judge(work, [(row, key) for row, key in rows if row.line not in known])


def _judge(work: _Work, rows: Sequence[tuple[PaidRow, str]]) -> int:
    """Judge the payer's rows in order, because an account may be paid and reversed in one file."""
    if not rows:
        return 0
    lines = line_tables.lines_of_accounts(work.session, work.ledger.number, {key for _, key in rows})
    known = _known(work, lines)
    moves: list[Move] = []
    for row, key in rows:
        verdict = judge(
            known.get(key), row.status, row.amount, row.currency, row.reference, is_repeated=row.is_repeated
        )
        if verdict.trouble:
            work.session.add(_difference(work, row, key, verdict.trouble))
        if verdict.moves:
            moves += _moves(lines[key], row, verdict)
            known[key] = _after(known[key], row, verdict.moves[-1])
    _settle(work, sorted({each.line.account_key for each in moves}))
    move(work.session, moves, work.origin)
    return len({each.line.number for each in moves})


def _known(work: _Work, lines: Mapping[str, LineRow]) -> dict[str, Known]:
    session = work.session
    references = line_tables.references_of(session, [line.number for line in lines.values()])
    released = tables.released_ids(session, work.ledger.number)
    elsewhere = line_tables.paid_elsewhere(session, work.others, lines.keys())
    return {
        key: Known(
            State(line.state),
            line.amount,
            line.currency,
            line.release_id in released,
            references.get(line.number, frozenset()),
            key in elsewhere,
        )
        for key, line in lines.items()
    }


def _after(known: Known, row: PaidRow, new: State) -> Known:
    named = {f"{row.status}:{row.reference}"} if row.reference else set()
    is_released = known.is_released and new != State.PENDING
    return Known(new, known.amount, known.currency, is_released, known.references | named, known.is_paid_elsewhere)


def _moves(line: LineRow, row: PaidRow, verdict: Verdict) -> list[Move]:
    reference = f"{row.status}:{row.reference}" if row.reference else ""
    reason = row.reason or ("reversed by the payer" if row.status == Payer.REVERSED else "")
    *before, last = verdict.moves
    return [*(Move(line, new, "paid after a failure") for new in before), Move(line, last, reason, reference)]


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


def _settle(work: _Work, keys: Sequence[str]) -> None:
    """Settle earlier differences about these accounts, because a newer row of the payer's was applied."""
    if difference_tables.count_differences(work.session, work.ledger.number):
        difference_tables.settle_differences(work.session, work.ledger.number, keys, work.file.number, utcnow())


def _finish(database: Database, file_id: int, rows: int) -> Outcome:
    with database.transaction() as session:
        file = session.get_one(LedgerFile, file_id)
        file.state = "done"
        session.add(file)
        return Outcome(rows, file.changed, difference_tables.count_of_file(session, file_id))
