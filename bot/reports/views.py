"""A report in a few lines, and how its values are written. Pure."""

from datetime import timedelta

from bot.reports.rules import Report, Row
from bot.slack.text import escape, format_duration

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


def title(report: Report) -> str:
    """What the report is of."""
    region = f", {report.region}" if report.region else ""
    return f"Report {report.period.title}{region}"


def value(amount: float | None, unit: str) -> str:
    """A value as people read it; what is not known is a dash."""
    if amount is None:
        return "–"
    if unit == "seconds":
        return format_duration(timedelta(seconds=amount))
    return f"{amount:.0f} %" if unit == "percent" else f"{amount:g}"


def summary(report: Report) -> str:
    """The message that the picture and the spreadsheet come with."""
    every = report.row("Incidents", "All")
    severities = [row for row in report.rows if row.group == "Severity" and row.now]
    split = ", ".join(f"{row.now:g} {escape(row.name)}" for row in severities)
    lines = [
        f"📊 *{escape(title(report))}*",
        f"Incidents: {every.now:g}{f' ({split})' if split else ''}, {value(every.before, 'count')} before",
    ]
    known = {(row.group, row.name): row for row in report.rows}
    lines += [_line(known[key]) for key in SUMMARY if key in known and known[key].now is not None]
    return "\n".join(lines)


def _line(row: Row) -> str:
    count = f" (n = {row.n})" if row.n is not None else ""
    return f"{row.name}: {value(row.now, row.unit)}{count}, {value(row.before, row.unit)} before"
