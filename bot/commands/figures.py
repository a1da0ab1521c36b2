"""`watchfloor figures import`: imports a file of interval figures by hand."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot.bootstrap import build_registry
from bot.commands.arguments import checked_zone
from bot.config import floor
from bot.config.floor.figures import Figures
from bot.config.settings import Settings
from bot.impact import importing, preview_tables
from bot.impact.file_summary import summarize
from bot.impact.importing import Source
from bot.impact.preview_tables import Preview
from bot.impact.preview_views import warnings_of
from bot.impact.reading.header import open_report
from bot.impact.reading.other_shapes import read
from bot.impact.reading.plan import ColumnMap, Plan, plan, recognise
from bot.impact.reading.rows import LeftOut
from bot.impact.reading.vocabulary import TITLES
from bot.incidents import incidents
from bot.runtime import garbage_collection, migrations
from bot.runtime.clock import use_offset_file, utcnow

REASONS_SHOWN = 20


def run(settings: Settings, file: Path, queue: str, zone: str, incident: int | None, *, is_dry: bool) -> list[str]:
    """Import the file, or only report what would be imported. Return the lines to print."""
    use_offset_file(settings.clock_file)
    figures = floor.read(settings.floor_file).figures
    zone = checked_zone(zone or figures.zone)
    sheet = open_report(file)
    build_registry()
    with migrations.open_database(settings.database_url) as database:
        with database.reading() as session:
            stored_map = preview_tables.column_map(session, sheet.shape)
            if incident is not None:
                incidents.by_number(session, incident)
        columns = ColumnMap.from_json(stored_map) if stored_map else recognise(sheet)
        import_plan = plan(sheet, replace(columns, queue=queue or columns.queue))
        if is_dry:
            return [*_column_lines(import_plan), *_summary_lines(file, import_plan, zone, figures)]
        source = Source(importing.content_key(file, import_plan, zone, figures), file.name, "", incident)
        garbage_collection.freeze_live_objects()
        rows = read(import_plan, ZoneInfo(zone), figures.threshold_s)
        result = importing.import_rows(database, source, rows)
    if result.is_known:
        return [f"{file.name} was imported before, so nothing was changed."]
    lines = [
        f"{_interval_count_text(result.rows, len(result.queues))} {'was' if result.rows == 1 else 'were'} imported."
    ]
    return [*lines, *_left_out_lines(result.left_out, result.left_out_count)]


def _column_lines(import_plan: Plan) -> list[str]:
    column_meanings = zip(import_plan.sheet.header, import_plan.columns.meanings, strict=True)
    return [f"{name}: {TITLES[meaning]}" for name, meaning in column_meanings if name]


def _summary_lines(file: Path, import_plan: Plan, zone: str, figures: Figures) -> list[str]:
    preview = Preview(id=0, file_id="", file_name=file.name, channel_id="", ts="", by="", asked_at=utcnow())
    summary = summarize(preview, import_plan, zone, figures, utcnow())
    order = "day before month" if import_plan.day_first else "month before day"
    uncertainty = "" if import_plan.is_day_certain else ", which is not certain"
    lines = [
        f"{_interval_count_text(summary.rows, len(summary.queues))} can be imported ({order}{uncertainty}; {zone})."
    ]
    return [*lines, *warnings_of(summary), *_left_out_lines(summary.left_out, summary.left_out_count)]


def _interval_count_text(rows: int, queues: int) -> str:
    return f"{rows:,} interval{'s' if rows != 1 else ''} of {queues} queue{'s' if queues != 1 else ''}"


def _left_out_lines(rows: Sequence[LeftOut], count: int) -> list[str]:
    lines = [f"Line {row.line} is left out: {row.reason}." for row in rows[:REASONS_SHOWN]]
    return [*lines, f"{count - len(lines)} more rows are left out."] if count > len(lines) else lines
