"""`watchfloor cases`: imports cases from a file, and lists the clusters it would have proposed."""

from pathlib import Path

from bot.bootstrap import build_registry
from bot.cases import importing, replay, upload_views
from bot.cases.reading import ReadCases, read_cases
from bot.config import floor
from bot.config.floor.reading import read_zone
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime import migrations
from bot.runtime.clock import use_offset_file
from bot.runtime.database import Database
from bot.slack.phrases import Translator


class UnknownZone(WatchfloorError):
    """{reason}"""


def run(settings: Settings, file: Path, source: str, zone: str, *, is_dry: bool) -> list[str]:
    """Import the file, or only report what would be imported. Return the lines to print."""
    use_offset_file(settings.clock_file)
    its_floor = floor.read(settings.floor_file)
    read = read_cases(file, read_zone_typed(zone, its_floor.cases.zone))
    if is_dry:
        return [
            f"{read.cases} cases in {len(read.rows)} rows can be imported.",
            *upload_views.left_out(read, Translator()),
        ]
    build_registry()
    database = Database(settings.database_url)
    try:
        migrations.upgrade(database.engine)
        stored = importing.import_rows(database, its_floor, source or importing.SOURCE, read)
    finally:
        database.close()
    counts = f"{stored.new} new, {stored.changed} changed, {stored.unchanged} unchanged"
    return [f"{file.name} is imported: {counts}.", *upload_views.left_out(read, Translator())]


def bursts(settings: Settings, file: Path, zone: str) -> list[str]:
    """Return the alerts that would have been sent, one per line."""
    configured = floor.read(settings.floor_file).cases if settings.floor_file.exists() else None
    read = read_cases(file, read_zone_typed(zone, configured.zone if configured else "UTC"))
    alerts = list(replay.alerts(read.rows, configured.alerts_a_day if configured else 2))
    return [
        *(alert.line() for alert in alerts),
        _summary(read, len(alerts)),
        *upload_views.left_out(read, Translator()),
    ]


def _summary(read: ReadCases, count: int) -> str:
    days = _days(read)
    return f"{count} alerts of {read.cases} cases in {days:.1f} days ({count / max(1.0, days):.2f} a day)."


def _days(read: ReadCases) -> float:
    opened = [row.opened_at for row in read.rows]
    return (max(opened) - min(opened)).total_seconds() / 86_400 if opened else 0.0


def read_zone_typed(zone: str, configured: str) -> str:
    """Return the given zone, or else the configured one. Raises `UnknownZone`."""
    try:
        return str(read_zone(zone or configured))
    except ValueError as wrong:
        raise UnknownZone(reason=str(wrong)) from None
