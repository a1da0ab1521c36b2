"""A report as a spreadsheet: figures, incidents, native charts, and a sheet of definitions."""

from datetime import UTC
from io import BytesIO
from typing import Any

from bot.reports import views
from bot.reports.rules import DEFINITIONS, Report, Row

SUMMARY = ("group", "what", "this period", "before", "unit", "n")
INCIDENTS = (
    *("number", "title", "severity", "type", "sites", "declared_at (UTC)"),
    *("detect (min)", "acknowledge (min)", "mitigate (min)", "resolve (min)", "updates kept", "updates promised"),
)
MINUTE_S = 60
CHARTED = ("Severity", "Type", "Site")


def build(report: Report) -> bytes:
    """The workbook's bytes. What people typed is text in it: nothing begins a formula or a link."""
    # Loaded here: few ask for one.
    import xlsxwriter

    made = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as workbook:
        bold = workbook.add_format({"bold": True})
        _figures(workbook, report, bold)
        _incidents(workbook, report, bold)
        _definitions(workbook, bold)
    return made.getvalue()


def _sheet(workbook: Any, name: str, header: tuple[str, ...], bold: Any) -> Any:
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, 18)
    sheet.write_row(0, 0, header, bold)
    return sheet


def cell(row: Row, amount: float | None) -> float | None:
    """A value in the spreadsheet: times in minutes, shares in percent."""
    if amount is None:
        return None
    return round(amount / MINUTE_S, 2) if row.unit == "seconds" else round(amount, 2)


def _figures(workbook: Any, report: Report, bold: Any) -> None:
    sheet = _sheet(workbook, "Figures", SUMMARY, bold)
    for line, row in enumerate(report.rows, 1):
        unit = {"seconds": "minutes"}.get(row.unit, row.unit)
        sheet.write_row(line, 0, (row.group, row.name))
        for column, value in ((2, cell(row, row.now)), (3, cell(row, row.before)), (5, row.n)):
            if value is not None:
                sheet.write_number(line, column, value)
        sheet.write_string(line, 4, unit)
    _trend(workbook, sheet, report, bold)
    for place, group in enumerate(CHARTED):
        _bars(workbook, sheet, report, group, f"H{2 + 16 * (place + 1)}")
    sheet.write_string(len(report.rows) + 2, 0, views.title(report))


def _trend(workbook: Any, sheet: Any, report: Report, bold: Any) -> None:
    """How many incidents each period had, as numbers beside the figures and as a line."""
    sheet.write_row(0, 15, ("period", "incidents"), bold)
    for line, (title, count) in enumerate(report.trend, 1):
        sheet.write_string(line, 15, title)
        sheet.write_number(line, 16, count)
    chart = workbook.add_chart({"type": "line"})
    last = len(report.trend)
    chart.add_series(
        {
            "name": "Incidents",
            "categories": ["Figures", 1, 15, last, 15],
            "values": ["Figures", 1, 16, last, 16],
            "marker": {"type": "circle"},
        }
    )
    chart.set_title({"name": "Incidents, this period and the four before"})
    chart.set_legend({"none": True})
    sheet.insert_chart("H2", chart)


def _bars(workbook: Any, sheet: Any, report: Report, group: str, at: str) -> None:
    lines = [line for line, row in enumerate(report.rows, 1) if row.group == group]
    if not lines:
        return
    chart = workbook.add_chart({"type": "column"})
    for column, name in ((2, "This period"), (3, "Mean of the four before")):
        places = {"categories": ["Figures", lines[0], 1, lines[-1], 1]}
        places["values"] = ["Figures", lines[0], column, lines[-1], column]
        chart.add_series({"name": name, **places})
    chart.set_title({"name": f"Incidents by {group.lower()}"})
    sheet.insert_chart(at, chart)


def _incidents(workbook: Any, report: Report, bold: Any) -> None:
    sheet = _sheet(workbook, "Incidents", INCIDENTS, bold)
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for line, each in enumerate(report.incidents, 1):
        sheet.write_number(line, 0, each.number)
        texts = (each.title, each.severity, each.type, ", ".join(each.sites))
        for column, text in enumerate(texts, 1):
            sheet.write_string(line, column, text)
        sheet.write_datetime(line, 5, each.declared_at.astimezone(UTC).replace(tzinfo=None), moment)
        lengths = (each.detect_s, each.acknowledge_s, each.mitigate_s, each.resolve_s)
        for column, length in enumerate(lengths, 6):
            if length is not None:
                sheet.write_number(line, column, round(length / MINUTE_S, 2))
        sheet.write_row(line, 10, (each.updates_kept, each.updates_promised))


def _definitions(workbook: Any, bold: Any) -> None:
    sheet = _sheet(workbook, "Definitions", ("what", "how it is counted"), bold)
    sheet.set_column(1, 1, 110)
    for line, (name, meaning) in enumerate(DEFINITIONS, 1):
        sheet.write_row(line, 0, (name, meaning))
