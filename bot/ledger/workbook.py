"""Exports the ledger as a workbook for finance: totals, lines with their accounts, entries, differences."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from sqlmodel import Session, col, select

from bot import directory
from bot.ledger import difference_tables, tables
from bot.ledger.line_tables import Entry, Line
from bot.ledger.money import EXPONENTS, major
from bot.ledger.tables import Ledger
from bot.runtime import workbook as workbooks

TOTALS = ("cohort", "currency", "lines", "eligible", "issued", "failed", "excluded", "pending")
LINES = ("line", "cohort", "account", "amount", "currency", "state", "may be paid")
ENTRIES = ("entry", "line", "from", "to", "amount", "currency", "reason", "reference", "by", "at (UTC)")
DIFFERENCES = ("line of the file", "file", "account", "amount", "currency", "what does not add up")
# An Excel sheet holds 1,048,576 rows.
MOST_ROWS = 1_000_000
READ_AT_ONCE = 1_000


def build(session: Session, ledger: Ledger) -> bytes:
    """Return the workbook's bytes."""
    buffer = BytesIO()
    with workbooks.writing(buffer, "constant_memory") as workbook:
        book = _Book(workbook)
        book.sheet("Totals", TOTALS, _totals(session, ledger))
        book.sheet("Lines", LINES, _lines(session, ledger))
        book.sheet("Entries", ENTRIES, _entries(session, ledger))
        book.sheet("Does not add up", DIFFERENCES, _differences(session, ledger))
    return buffer.getvalue()


class _Book:
    """A workbook being written; amounts have as many decimals as their currency."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._bold = workbook.add_format({"bold": True})
        self._amounts = {
            decimals: workbook.add_format({"num_format": "#,##0" + ("." + "0" * decimals if decimals else "")})
            for decimals in (0, 2, 3, 4)
        }

    def sheet(self, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add a sheet with a frozen header."""
        sheet = workbooks.add_sheet(self._workbook, title, header, self._bold, width=16)
        for row_number, row in enumerate(rows, 1):
            if row_number > MOST_ROWS:
                break
            for column, cell in enumerate(row):
                self._write(sheet, row_number, column, cell)

    def _write(self, sheet: Any, row: int, column: int, cell: Any) -> None:
        match cell:
            case (int() as minor, str() as currency):
                sheet.write_number(row, column, major(minor, currency), self._amounts[EXPONENTS.get(currency, 2)])
            case int():
                sheet.write_number(row, column, cell)
            case _:
                sheet.write_string(row, column, str(cell))


def _totals(session: Session, ledger: Ledger) -> Iterable[Sequence[Any]]:
    for row in tables.totals_of(session, ledger.number):
        sums = (row.eligible, row.issued, row.failed, row.excluded, row.pending)
        yield row.cohort, row.currency, row.lines, *((amount, row.currency) for amount in sums)


def _lines(session: Session, ledger: Ledger) -> Iterable[Sequence[Any]]:
    released_ids = tables.released_ids(session, ledger.number)
    query = select(Line).where(Line.ledger_id == ledger.number).order_by(col(Line.id))
    for line in session.exec(query.execution_options(yield_per=READ_AT_ONCE)):
        may_be_paid = "yes" if line.state == "pending" and line.release_id in released_ids else ""
        money = (line.amount, line.currency)
        yield line.number, line.cohort, line.account, money, line.currency, line.state, may_be_paid


def _entries(session: Session, ledger: Ledger) -> Iterable[Sequence[Any]]:
    names = directory.display_names(session, set(session.exec(select(Entry.by).distinct()).all()))
    query = select(Entry, Line.currency).join(Line, col(Line.id) == col(Entry.line_id))
    own_entries = query.where(Entry.ledger_id == ledger.number).order_by(col(Entry.id))
    for entry, currency in session.exec(own_entries.execution_options(yield_per=READ_AT_ONCE)):
        state_columns = (
            entry.number,
            entry.line_id,
            entry.old_state or "",
            entry.new_state,
            (entry.amount, currency),
            currency,
        )
        by = names.get(entry.by, entry.by)
        yield *state_columns, entry.reason, entry.reference, by, f"{entry.at:%Y-%m-%d %H:%M}"


def _differences(session: Session, ledger: Ledger) -> Iterable[Sequence[Any]]:
    query = (
        select(difference_tables.Difference, tables.LedgerFile.file_name)
        .join(tables.LedgerFile, col(tables.LedgerFile.id) == col(difference_tables.Difference.file_id))
        .where(
            difference_tables.Difference.ledger_id == ledger.number,
            col(difference_tables.Difference.settled_at).is_(None),
        )
        .order_by(col(difference_tables.Difference.id))
    )
    for difference, name in session.exec(query):
        yield (
            difference.line_number,
            name,
            difference.shown,
            (difference.amount, difference.currency),
            difference.currency,
            difference.trouble,
        )
