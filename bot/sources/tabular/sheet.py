"""A table in a file: its header, its columns, and the rows below."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, zip_longest
from pathlib import Path

from msgspec import Struct

from bot.sources.tabular import text_table, workbook
from bot.sources.tabular.errors import (
    FileRefused,
    FileTooLarge,
    NoHeader,
    NothingToRead,
    OldWorkbook,
    TooManyColumns,
)
from bot.sources.tabular.moments import _ISO
from bot.sources.tabular.names import normalized
from bot.sources.tabular.text_table import SEPARATORS, Cells

LARGEST_MB = 100
MOST_COLUMNS = 800
# There are only a few title lines above a header.
HEADER_WITHIN = 40
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Header(Struct, frozen=True):
    """How a header is recognised: `score` counts the names in a line with a known meaning; 0 means no header."""

    score: Callable[[Sequence[str]], int]
    # Example columns for the message to a person whose file has none.
    examples: str


def columns_of(header: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the column of each meaning: the place of the first of its known names that is in the header."""
    columns_by_name = {normalized(name): column for column, name in reversed(list(enumerate(header))) if name}
    columns = {
        meaning: next((columns_by_name[name] for name in names_of_meaning if name in columns_by_name), -1)
        for meaning, names_of_meaning in names.items()
    }
    return {meaning: column for meaning, column in columns.items() if column >= 0}


class Sheet(Struct, frozen=True):
    """A table in a file: `separator` is for a text file, `sheet` for a workbook."""

    path: Path
    header: tuple[str, ...]
    header_line: int
    titles: tuple[str, ...]
    encoding: str = ""
    separator: str = ""
    sheet: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether numbers and dates are typed values rather than text."""
        return bool(self.sheet)

    @property
    def shape(self) -> str:
        """A hash that is the same for every file with these columns; times in a header count as equal."""
        names = ["<moment>" if is_moment(name) else normalized(name) for name in self.header]
        return hashlib.sha256("|".join(dict.fromkeys(names)).encode()).hexdigest()

    def rows(self) -> Iterator[Cells]:
        """The non-empty rows below the header, with their line numbers."""
        for line, cells in _cells(self.path, self):
            if line > self.header_line and any(cells):
                yield line, cells


def is_moment(name: str) -> bool:
    """Whether the column stands for an interval."""
    return bool(_ISO.fullmatch(name.strip()))


def _cells(path: Path, sheet: Sheet) -> Iterator[Cells]:
    if sheet.sheet:
        return workbook.read_cells(path, sheet.sheet)
    return text_table.read_cells(path, sheet.encoding, sheet.separator)


def has_header(path: Path, header: Header) -> bool:
    """Whether a line of the file has such column names, even if there are no rows below it."""
    try:
        open_sheet(path, header)
    except NothingToRead:
        return path.stat().st_size > 0
    except FileRefused:
        return False
    return True


def open_sheet(path: Path, header: Header) -> Sheet:
    """Return the table in a file. Raises `FileRefused`."""
    size = path.stat().st_size
    if size > LARGEST_MB * 1_000_000:
        raise FileTooLarge(name=path.name, size=size // 1_000_000, most=LARGEST_MB)
    if size == 0:
        raise NothingToRead(name=path.name)
    with path.open("rb") as file:
        head = file.read(4)
    if head == OLD_EXCEL:
        raise OldWorkbook(name=path.name)
    candidates = _sheets_of_workbook(path) if head == ZIP else _sheets_of_text(path)
    sheet = _with_best_header(path, candidates, header)
    if len(sheet.header) > MOST_COLUMNS:
        raise TooManyColumns(name=path.name, count=len(sheet.header), most=MOST_COLUMNS)
    if next(sheet.rows(), None) is None:
        raise NothingToRead(name=path.name)
    return sheet


def _sheets_of_workbook(path: Path) -> list[Sheet]:
    workbook.check(path)
    return [Sheet(path, (), 0, (), sheet=name) for name in workbook.sheet_names(path)]


def _sheets_of_text(path: Path) -> list[Sheet]:
    encoding = text_table.encoding_of(path)
    text_table.check_is_text(path, encoding)
    declared = text_table.declared_separator(path, encoding)
    separators = (declared,) if declared else SEPARATORS
    return [Sheet(path, (), 0, (), encoding, separator) for separator in separators]


def _with_best_header(path: Path, candidates: list[Sheet], header: Header) -> Sheet:
    """Choose the header line with the most known names, whatever the separator; the standard sniffer guesses."""
    best: tuple[int, Sheet] | None = None
    for candidate in candidates:
        lines = _first_lines(path, candidate)
        for index in range(len(lines)):
            for line, cells in _headers_at(lines[index : index + 2]):
                score = header.score([cell.lstrip("\ufeff") for cell in cells])
                if score and (best is None or score > best[0]):
                    titles = tuple(" ".join(filter(None, cells)) for _, cells in lines[:index])
                    best = score, _with_header(candidate, cells, line, titles)
    if best is None:
        raise NoHeader(name=path.name, examples=header.examples)
    return best[1]


def _headers_at(lines: Sequence[Cells]) -> Iterator[Cells]:
    """The first of two lines as a header, and both as one: merged cells group the names of the line below."""
    yield lines[0]
    if len(lines) > 1:
        (_, above), (line, below) = lines
        yield line, [name or group for group, name in zip_longest(above, below, fillvalue="")]


def _first_lines(path: Path, candidate: Sheet) -> list[Cells]:
    """Return the readable part of the first lines; errors after them are raised when the rest is read."""
    lines: list[Cells] = []
    with suppress(FileRefused):
        lines += islice(_cells(path, candidate), HEADER_WITHIN)
    return lines


def _with_header(sheet: Sheet, cells: list[str], line: int, titles: tuple[str, ...]) -> Sheet:
    names = [cell.strip().lstrip("\ufeff") for cell in cells]
    while names and not names[-1]:
        names.pop()
    return Sheet(sheet.path, tuple(names), line, titles, sheet.encoding, sheet.separator, sheet.sheet)
