"""Workbooks for Excel, in which nothing that a user typed becomes a formula or a link."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def writing(buffer: BytesIO, option: str) -> Iterator[Any]:
    """Write a workbook into `buffer`, `in_memory` or, for many rows, in `constant_memory`."""
    # Imported here, because workbooks are rarely requested.
    import xlsxwriter

    with xlsxwriter.Workbook(buffer, {option: True} | TEXT_STAYS_TEXT) as workbook:
        yield workbook


def add_sheet(workbook: Any, title: str, header: Sequence[str], bold: Any, width: int) -> Any:
    """Add a sheet with a frozen header and columns of this width."""
    sheet = workbook.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, width)
    sheet.write_row(0, 0, header, bold)
    return sheet
