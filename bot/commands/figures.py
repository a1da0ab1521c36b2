"""`watchfloor figures import`: imports a file of interval figures by hand."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot.bootstrap import build_registry
from bot.config import floor
from bot.config.floor.reading import read_zone
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.impact import importing, preview_tables
from bot.impact.importing import Source
from bot.impact.preview_tables import Preview
from bot.impact.reading.header import open_report
from bot.impact.reading.other_shapes import read
from bot.impact.reading.plan import ColumnMap, Plan, plan, recognise
from bot.impact.reading.rows import LeftOut
from bot.impact.reading.vocabulary import TITLES
from bot.impact.uploads import summarize
from bot.incidents import incidents
from bot.runtime import collector, migrations
from bot.runtime.clock import use_offset_file, utcnow
from bot.runtime.database import Database

REASONS_SHOWN = 20


class UnknownZone(WatchfloorError):
    """{reason}"""


def run(settings: Settings, file: Path, queue: str, zone: str, incident: int | None, *, is_dry: bool) -> list[str]:
    """Import the file, or only report what would be imported. Return the lines to print."""
    use_offset_file(settings.clock_file)
    zone = _checked_zone(zone or floor.read(settings.floor_file).figures.zone)
    sheet = open_report(file)
    build_registry()
    database = Database(settings.database_url)
    try:
        migrations.upgrade(database.engine)
        with database.reading() as session:
            kept = preview_tables.column_map(session, sheet.shape)
            if incident is not None:
                incidents.by_number(session, incident)
        columns = ColumnMap.from_json(kept) if kept else recognise(sheet)
        made = plan(sheet, replace(columns, queue=queue or columns.queue))
        if is_dry:
            return [*_columns(made), *_found(file, made, zone)]
        source = Source(importing.content_key(file, made.columns, zone), file.name, "", incident)
        collector.leave_out_what_lives()
        result = importing.import_rows(database, source, read(made, ZoneInfo(zone)))
    finally:
        database.close()
    if result.is_known:
        return [f"{file.name} was imported before, so nothing was changed."]
    lines = [f"{_intervals(result.rows, len(result.queues))} {'was' if result.rows == 1 else 'were'} imported."]
    return [*lines, *_left_out(result.left_out, result.left_out_count)]


def _checked_zone(zone: str) -> str:
    try:
        return str(read_zone(zone))
    except ValueError as wrong:
        raise UnknownZone(reason=str(wrong)) from None


def _columns(made: Plan) -> list[str]:
    named = zip(made.sheet.header, made.columns.meanings, strict=True)
    return [f"{name}: {TITLES[meaning]}" for name, meaning in named if name]


def _found(file: Path, made: Plan, zone: str) -> list[str]:
    nothing_kept = Preview(id=0, file_id="", file_name=file.name, channel_id="", ts="", by="", asked_at=utcnow())
    summary = summarize(nothing_kept, made, zone)
    order = "day before month" if made.day_first else "month before day"
    certain = "" if made.is_day_certain else ", which is not certain"
    lines = [f"{_intervals(summary.rows, len(summary.queues))} can be imported ({order}{certain}; {zone})."]
    return [*lines, *_left_out(summary.left_out, summary.left_out_count)]


def _intervals(rows: int, queues: int) -> str:
    return f"{rows:,} interval{'s' if rows != 1 else ''} of {queues} queue{'s' if queues != 1 else ''}"


def _left_out(rows: Sequence[LeftOut], count: int) -> list[str]:
    lines = [f"Line {row.line} is left out: {row.reason}." for row in rows[:REASONS_SHOWN]]
    return [*lines, f"{count - len(lines)} more rows are left out."] if count > len(lines) else lines
