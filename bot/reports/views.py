"""A report's summary in a few lines, and how its values are written. Pure."""

from datetime import timedelta

from bot.reports.queues import QueueLine
from bot.reports.rules import Report, Row
from bot.reports.wording import days, translate
from bot.slack.text import escape, format_duration, shorten

ENGLISH = "en"
SUMMARY = (
    ("Time", "To acknowledge, median"),
    ("Time", "To mitigate, median"),
    ("Time", "To resolve, median"),
    ("Floor", "Updates kept"),
    ("Floor", "Handovers complete"),
    ("Floor", "Gaps filled late"),
    ("Floor", "Follow-ups overdue"),
    ("Floor", "Cases opened"),
    ("Floor", "Cases open"),
    ("Floor", "Cases within target"),
)


QUEUE_HEADING = ("Queue", "Offered", "SL", "ASA", "AHT", "Abandoned")
MOST_QUEUES, LONGEST_NAME = 5, 32
# The rest is in the picture and the spreadsheet.
QUEUES_IN_SUMMARY = 3


def title(report: Report, language: str = ENGLISH) -> str:
    region = f", {report.region}" if report.region else ""
    return f"{translate('Report', language)} {days(report.period.title, language)}{region}"


def value(amount: float | None, unit: str) -> str:
    """A value as readers see it; an unknown value is a dash."""
    if amount is None:
        return "–"
    if unit == "seconds":
        return format_duration(timedelta(seconds=amount))
    # One decimal is enough for a mean of counts.
    return f"{amount:.0f} %" if unit == "percent" else f"{amount:,.1f}".removesuffix(".0")


def queue_table(report: Report, language: str = ENGLISH) -> dict[str, list[list[str]]]:
    """The busiest queues as a table: a heading and rows; as notes below it, each service level's formula."""
    shown = report.queues[:MOST_QUEUES]
    rows = [
        [
            shorten(line.name, LONGEST_NAME),
            value(line.now.offered, "count"),
            value(line.now.service_level, "percent"),
            _wait(line.now.asa_s),
            _wait(line.now.aht_s),
            value(line.now.abandoned, "percent"),
        ]
        for line in shown
    ]
    notes = [
        translate("Service level: {}", language).format(formula)
        for formula in dict.fromkeys(line.formula for line in shown)
    ]
    if len(report.queues) > len(shown):
        notes.append(translate("{} more in the spreadsheet", language).format(len(report.queues) - len(shown)))
    heading = [translate(name, language) for name in QUEUE_HEADING]
    return {"rows": [heading, *rows] if rows else [], "notes": [notes] if notes else []}


def summary(report: Report, sensitive: int = 0, language: str = ENGLISH) -> str:
    """The message that accompanies the picture and the spreadsheet."""
    total_row = report.row("Incidents", "All")
    severities = [row for row in report.rows if row.group == "Severity" and row.now]
    split = ", ".join(f"{row.now:g} {escape(row.name)}" for row in severities)
    incidents = translate("Incidents", language)
    lines = [
        f"📊 *{escape(title(report, language))}*",
        translate("_Before: the average of the four periods before this one._", language),
        f"{incidents}: {total_row.now:g}{f' ({split})' if split else ''}{_before(total_row, language)}",
    ]
    rows_by_key = {(row.group, row.name): row for row in report.rows}
    lines += [
        _line(rows_by_key[key], language)
        for key in SUMMARY
        if key in rows_by_key and rows_by_key[key].now is not None
    ]
    lines += [_queue_line(line, language) for line in report.queues[:QUEUES_IN_SUMMARY]]
    if sensitive:
        text = "⚠️ Open cases of sensitive customers: {}, by name in the spreadsheet"
        lines.append(translate(text, language).format(sensitive))
    return "\n".join(lines)


def _line(row: Row, language: str) -> str:
    count = f" (n = {row.n})" if row.n is not None else ""
    return f"{translate(row.name, language)}: {value(row.now, row.unit)}{count}{_before(row, language)}"


def _before(row: Row, language: str) -> str:
    """The figure to compare it with; nothing where there was none."""
    return "" if row.before is None else f", {translate('{} before', language).format(value(row.before, row.unit))}"


def _queue_line(line: QueueLine, language: str) -> str:
    now = line.now
    text = "{name}: {offered} offered, {level} {formula}, ASA {asa}, AHT {aht}, {abandoned} abandoned"
    return translate(text, language).format(
        name=escape(line.name),
        offered=value(now.offered, "count"),
        level=value(now.service_level, "percent"),
        formula=line.formula,
        asa=_wait(now.asa_s),
        aht=_wait(now.aht_s),
        abandoned=value(now.abandoned, "percent"),
    )


def _wait(seconds: float | None) -> str:
    """A waiting or handling time in seconds, as wallboards show it."""
    return "–" if seconds is None else f"{seconds:.0f} s"
