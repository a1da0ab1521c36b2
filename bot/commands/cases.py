"""`watchfloor cases`: imports cases from a file, and lists the clusters it would have proposed."""

from pathlib import Path

from bot.bootstrap import build_registry
from bot.cases import importing, replay, upload_views
from bot.cases.reading import ReadCases, read_cases
from bot.commands.arguments import checked_zone
from bot.config import floor
from bot.config.settings import Settings
from bot.runtime import migrations
from bot.runtime.clock import use_offset_file
from bot.slack.phrases import Translator


def run(settings: Settings, file: Path, source: str, zone: str, *, is_dry: bool) -> list[str]:
    """Import the file, or only report what would be imported. Return the lines to print."""
    use_offset_file(settings.clock_file)
    floor_settings = floor.read(settings.floor_file)
    case_file = read_cases(file, checked_zone(zone or floor_settings.cases.zone))
    if is_dry:
        return [
            f"{case_file.cases} cases in {len(case_file.rows)} rows can be imported.",
            *upload_views.left_out(case_file, Translator()),
        ]
    build_registry()
    with migrations.open_database(settings.database_url) as database:
        result = importing.import_rows(database, floor_settings, source or importing.SOURCE, case_file)
    counts = f"{result.new} new, {result.changed} changed, {result.unchanged} unchanged"
    return [f"{file.name} is imported: {counts}.", *upload_views.left_out(case_file, Translator())]


def bursts(settings: Settings, file: Path, zone: str) -> list[str]:
    """Return the alerts that would have been sent, one per line."""
    case_settings = floor.read(settings.floor_file).cases if settings.floor_file.exists() else None
    case_file = read_cases(file, checked_zone(zone or (case_settings.zone if case_settings else "UTC")))
    alerts = list(replay.alerts(case_file.rows, case_settings.alerts_a_day if case_settings else 2))
    return [
        *(alert.line() for alert in alerts),
        _summary(case_file, len(alerts)),
        *upload_views.left_out(case_file, Translator()),
    ]


def _summary(case_file: ReadCases, count: int) -> str:
    days = _days(case_file)
    return f"{count} alerts of {case_file.cases} cases in {days:.1f} days ({count / max(1.0, days):.2f} a day)."


def _days(case_file: ReadCases) -> float:
    opened_times = [row.opened_at for row in case_file.rows]
    return (max(opened_times) - min(opened_times)).total_seconds() / 86_400 if opened_times else 0.0
