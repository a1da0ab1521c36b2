"""xlsx workbooks as rows of cells, read without loading them whole; zip bombs are refused."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.sources.tabular.errors import FormulasWithoutResults, Inflated, NotATable
from bot.sources.tabular.text_table import Cells

LARGEST_UNPACKED = 600_000_000
# The texts of all sheets are kept in memory.
LARGEST_TEXTS = 60_000_000
MOST_PARTS = 2_000
HIGHEST_RATIO = 200
MEGABYTE = 1_000_000
BLOCK = 1 << 20
_WITHOUT_RESULT = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:</c>|<v\s*/>|<v></v>)")


def check(path: Path) -> None:
    """Refuse a file that is no workbook, a zip bomb, and formulas that were never computed."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise NotATable(name=path.name)
            _check_size(path, parts)
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and _lacks_results(archive, part):
                    raise FormulasWithoutResults(name=path.name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        raise NotATable(name=path.name) from None


def _check_size(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    has_zip_bomb = any(
        part.file_size > MEGABYTE and part.file_size > HIGHEST_RATIO * max(1, part.compress_size) for part in parts
    )
    texts = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if unpacked > LARGEST_UNPACKED or texts > LARGEST_TEXTS or len(parts) > MOST_PARTS or has_zip_bomb:
        raise Inflated(name=path.name, size=unpacked // MEGABYTE)


def _lacks_results(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as sheet:
        rest = b""
        while block := sheet.read(BLOCK):
            if _WITHOUT_RESULT.search(rest + block):
                return True
            rest = block[-200:]
    return False


def sheet_names(path: Path) -> list[str]:
    """Return the names of the visible sheets, in order."""
    with _opened(path) as workbook:
        return [sheet.title for sheet in workbook.worksheets if sheet.sheet_state == "visible"]


def read_cells(path: Path, sheet: str) -> Iterator[Cells]:
    """Yield every row of a sheet with its number; cells are written as in a plain CSV."""
    with _opened(path) as workbook:
        worksheet = workbook[sheet]
        # The size stated in a workbook may be wrong.
        worksheet.reset_dimensions()
        try:
            for number, row in enumerate(worksheet.iter_rows(values_only=True), 1):
                yield number, [_text(cell) for cell in row]
        except (ValueError, KeyError, SyntaxError, zipfile.BadZipFile, EOFError):
            raise NotATable(name=path.name) from None


def _opened(path: Path) -> "closing[Any]":
    """Open a workbook, to be closed again."""
    # Imported here because nine files in ten are CSV.
    from openpyxl import load_workbook

    try:
        return closing(load_workbook(path, read_only=True, data_only=True, keep_links=False))
    except Exception:  # noqa: BLE001 - a damaged workbook may raise anything
        raise NotATable(name=path.name) from None


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:.10g}"
        case datetime():
            # Excel's times may be a fraction of a second too early.
            return (cell + timedelta(milliseconds=500)).strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
        case date():
            return cell.isoformat()
        case time():
            return cell.strftime("%H:%M:%S")
        case timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case _:
            return str(cell)
