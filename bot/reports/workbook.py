"""A report as a spreadsheet: figures, incidents, native charts, and a sheet of definitions."""

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

from msgspec.structs import astuple

from bot.incidents.facts import SensitiveCase
from bot.reports import views
from bot.reports.rules import Report, Row
from bot.reports.wording import days, definitions, translate
from bot.runtime import workbook as workbooks

SUMMARY = ("group", "what", "this period", "before", "unit", "n")
INCIDENTS = (
    *("number", "title", "severity", "type", "sites", "declared_at (UTC)"),
    *("detect (min)", "acknowledge (min)", "mitigate (min)", "resolve (min)", "updates kept", "updates promised"),
)
QUEUE_VALUES = ("offered", "service level (%)", "ASA (s)", "AHT (s)", "abandoned (%)")
SENSITIVE = ("case", "customer", "priority", "region", "team", "title", "time left")
MINUTE_S = 60
# In characters: wide enough for every figure's name, for a period, and for most queues.
NAME_WIDTH, PERIOD_WIDTH = 36, 26
CHARTED = ("Severity", "Type", "Site")


def build(report: Report, sensitive: Sequence[SensitiveCase] | None = None, language: str = "en") -> bytes:
    """The workbook's bytes, with the sensitive cases for readers who may see them."""
    buffer = BytesIO()
    with workbooks.writing(buffer, "in_memory") as workbook:
        book = Book(workbook, language)
        _figures(book, report)
        _incidents(book, report)
        if report.queues:
            _queues(book, report)
        if sensitive is not None:
            _sensitive(book, sensitive)
        _definitions(book)
    return buffer.getvalue()


class Book:
    """The workbook being written, in a language."""

    def __init__(self, workbook: Any, language: str) -> None:
        self.workbook, self.language = workbook, language
        self.bold = workbook.add_format({"bold": True})

    def translate(self, text: str) -> str:
        """One of our texts in the workbook's language."""
        return translate(text, self.language)

    def sheet(self, name: str, header: Sequence[str]) -> Any:
        titles = [self.translate(title) for title in header]
        return workbooks.add_sheet(self.workbook, self.translate(name), titles, self.bold, width=18)


def cell(row: Row, amount: float | None) -> float | None:
    """A value in the spreadsheet: times in minutes, shares in percent."""
    if amount is None:
        return None
    return round(amount / MINUTE_S, 2) if row.unit == "seconds" else round(amount, 2)


def _name(book: Book, row: Row) -> str:
    """The row's name, translated; severities, types and sites keep the floor's own names."""
    return row.name if row.group in CHARTED else book.translate(row.name)


def _figures(book: Book, report: Report) -> None:
    sheet = book.sheet("Figures", SUMMARY)
    sheet.set_column(1, 1, NAME_WIDTH)
    for line, row in enumerate(report.rows, 1):
        unit = {"seconds": "minutes"}.get(row.unit, row.unit)
        sheet.write_row(line, 0, (book.translate(row.group), _name(book, row)))
        for column, value in ((2, cell(row, row.now)), (3, cell(row, row.before)), (5, row.n)):
            if value is not None:
                sheet.write_number(line, column, value)
        sheet.write_string(line, 4, book.translate(unit))
    _trend(book, sheet, report)
    for index, group in enumerate(CHARTED):
        _bars(book, sheet, report, group, f"H{2 + 16 * (index + 1)}")
    sheet.write_string(len(report.rows) + 2, 0, views.title(report, book.language))


def _trend(book: Book, sheet: Any, report: Report) -> None:
    """Write how many incidents each period had, as numbers beside the figures and as a line chart."""
    sheet.set_column(15, 15, PERIOD_WIDTH)
    sheet.write_row(0, 15, [book.translate(name) for name in ("period", "incidents")], book.bold)
    for line, (title, count) in enumerate(report.trend, 1):
        sheet.write_string(line, 15, days(title, book.language))
        sheet.write_number(line, 16, count)
    chart = book.workbook.add_chart({"type": "line"})
    last = len(report.trend)
    chart.add_series(
        {
            "name": book.translate("Incidents"),
            "categories": [sheet.name, 1, 15, last, 15],
            "values": [sheet.name, 1, 16, last, 16],
            "marker": {"type": "circle"},
        }
    )
    chart.set_title({"name": book.translate("Incidents, this period and the previous four")})
    chart.set_legend({"none": True})
    sheet.insert_chart("H2", chart)


def _bars(book: Book, sheet: Any, report: Report, group: str, position: str) -> None:
    lines = [line for line, row in enumerate(report.rows, 1) if row.group == group]
    if not lines:
        return
    chart = book.workbook.add_chart({"type": "column"})
    for column, name in ((2, "This period"), (3, "Mean of the previous four")):
        ranges = {"categories": [sheet.name, lines[0], 1, lines[-1], 1]}
        ranges["values"] = [sheet.name, lines[0], column, lines[-1], column]
        chart.add_series({"name": book.translate(name), **ranges})
    chart.set_title({"name": book.translate(f"Incidents by {group.lower()}")})
    sheet.insert_chart(position, chart)


def _incidents(book: Book, report: Report) -> None:
    sheet = book.sheet("Incidents", INCIDENTS)
    moment = book.workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for line, incident in enumerate(report.incidents, 1):
        sheet.write_number(line, 0, incident.number)
        texts = (incident.title, incident.severity, incident.type, ", ".join(incident.sites))
        for column, text in enumerate(texts, 1):
            sheet.write_string(line, column, text)
        sheet.write_datetime(line, 5, incident.declared_at.astimezone(UTC).replace(tzinfo=None), moment)
        lengths = (incident.detect_s, incident.acknowledge_s, incident.mitigate_s, incident.resolve_s)
        for column, length in enumerate(lengths, 6):
            if length is not None:
                sheet.write_number(line, column, round(length / MINUTE_S, 2))
        sheet.write_row(line, 10, (incident.updates_kept, incident.updates_promised))


def _queues(book: Book, report: Report) -> None:
    """Write one line per queue: its figures, its earlier figures, and how its service level is computed."""
    header = ("queue", *QUEUE_VALUES, *(f"{name}, before" for name in QUEUE_VALUES))
    sheet = book.sheet("Queues", header)
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.write_string(0, 2 * len(QUEUE_VALUES) + 1, book.translate("service level"), book.bold)
    for line, queue in enumerate(report.queues, 1):
        sheet.write_string(line, 0, queue.name)
        for column, amount in enumerate((*astuple(queue.now), *astuple(queue.before)), 1):
            if amount is not None:
                sheet.write_number(line, column, round(amount, 2))
        sheet.write_string(line, 2 * len(QUEUE_VALUES) + 1, queue.formula)


def _sensitive(book: Book, cases: Sequence[SensitiveCase]) -> None:
    sheet = book.sheet("Sensitive cases", SENSITIVE)
    for line, case in enumerate(cases, 1):
        texts = (case.name, case.customer, case.priority, case.region, case.team, case.title, case.left)
        for column, text in enumerate(texts):
            sheet.write_string(line, column, text)


def _definitions(book: Book) -> None:
    sheet = book.sheet("Definitions", ("what", "how it is counted"))
    sheet.set_column(1, 1, 110)
    for line, (name, meaning) in enumerate(definitions(book.language), 1):
        sheet.write_row(line, 0, (name, meaning))
