"""CSV that a spreadsheet opens without running anything that somebody typed."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

Cell = str | int | float | bool | datetime | None

# What a spreadsheet takes for the beginning of a formula, half-width or full-width.
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def written(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file: every cell in quotes, what looks like a formula behind an apostrophe, UTF-8 with its mark."""
    page = io.StringIO()
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    # Spreadsheets take UTF-8 for something else without the mark.
    return page.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return safe(cell) if isinstance(cell, str) else str(cell)


def safe(words: str) -> str:
    """Words that no spreadsheet takes for a formula, with blanks before them or not."""
    words = words.replace("\0", "")
    return f"'{words}" if words.startswith(BEGINNINGS) or words.lstrip().startswith(BEGINNINGS) else words
