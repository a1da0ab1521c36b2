"""CSV that a spreadsheet opens without executing anything that a user typed."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

Cell = str | int | float | bool | datetime | None

# What a spreadsheet takes for the start of a formula, half-width or full-width.
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file: every cell quoted, an apostrophe before anything like a formula, UTF-8 with a byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell_text(cell) for cell in row] for row in rows)
    # Without the byte order mark, spreadsheets take UTF-8 for another encoding.
    return buffer.getvalue().encode("utf-8-sig")


def _cell_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return escape_formula(cell) if isinstance(cell, str) else str(cell)


def escape_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula, with or without leading blanks."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA_PREFIXES) or text.lstrip().startswith(FORMULA_PREFIXES) else text
