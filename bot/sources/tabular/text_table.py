"""Text files as rows of cells: any encoding and separator, with or without title lines above the header."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bot.sources.tabular.errors import NotATable, QuoteNotClosed

SEPARATORS = (",", ";", "\t", "|")
BLOCK = 1 << 20
# No cell of an export is longer, so anything longer is an unclosed quotation mark.
LONGEST_CELL = 10_000
# With this share of control characters at the start, a file is not text in any encoding.
CONTROL_SHARE = 0.02

Cells = tuple[int, list[str]]


def encoding_of(path: Path) -> str:
    """Detect UTF-8 and UTF-16 by byte order mark or nulls; else UTF-8 if valid throughout, else Windows-1252."""
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.count(0) > len(head) // 4:
            return _utf_16_without_mark(head)
        file.seek(0)
        return "utf-8" if _is_utf_8(iter(lambda: file.read(BLOCK), b"")) else "cp1252"


def _utf_16_without_mark(head: bytes) -> str:
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _is_utf_8(blocks: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def check_is_text(path: Path, encoding: str) -> None:
    """`NotATable` when it is a picture, a document, or whatever else is no text."""
    with path.open("rb") as file:
        head = file.read(8192).decode(encoding, "replace")
    controls = sum(sign < " " and sign not in "\r\n\t\f" for sign in head)
    if controls > CONTROL_SHARE * len(head):
        raise NotATable(name=path.name)


def declared_separator(path: Path, encoding: str) -> str | None:
    """Return the separator named by a first line such as `sep=;`, if there is one."""
    with open_text(path, encoding) as file:
        first_line = file.readline(20).strip().strip('"')
    return first_line[4:5] or "\t" if first_line.lower().startswith("sep=") else None


def open_text(path: Path, encoding: str) -> TextIO:
    """Open the file as text; undecodable bytes become replacement characters."""
    return path.open(encoding=encoding, errors="replace", newline="")


def read_cells(path: Path, encoding: str, separator: str) -> Iterator[Cells]:
    """Yield every row with the number of its last line. Raises `QuoteNotClosed` if a cell has no end."""
    csv.field_size_limit(LONGEST_CELL)
    with open_text(path, encoding) as file:
        reader, line = csv.reader(file, delimiter=separator), 0
        try:
            for row in reader:
                line = reader.line_num
                yield line, row
        except csv.Error:
            raise QuoteNotClosed(name=path.name, line=line) from None
