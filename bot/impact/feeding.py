"""Figures from sources: rows of a page, or files read with the column map confirmed for their shape."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.errors import TryLater, WatchfloorError
from bot.impact import importing, preview_tables
from bot.impact.importing import ImportRunning, Source
from bot.impact.reading.header import open_report
from bot.impact.reading.other_shapes import read
from bot.impact.reading.plan import ColumnMap, plan, recognise
from bot.impact.reading.rows import QueueName, ReadRow
from bot.impact.rules.figures import NAMES
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources.port import Interval, TableFile
from bot.sources.tabular.sheet import Sheet


def take_intervals(session: Session, services: Services, source: str, key: str, rows: Sequence[Interval]) -> None:
    """Import a page; its rows count with the commit that moves the cursor."""
    # A page may repeat a queue and interval; the later row is more complete.
    by_interval = {
        (row.queue, row.starts_at): row for row in (_row(line, interval) for line, interval in enumerate(rows, 1))
    }
    if by_interval:
        importing.import_few(session, Source(f"source:{key}", source), list(by_interval.values()), utcnow())


def _row(line: int, interval: Interval) -> ReadRow:
    queue = QueueName(interval.queue, interval.site, interval.partner, interval.language, interval.channel)
    figures = tuple(interval.figures.get(name) for name in NAMES)
    return ReadRow(line, queue, int(interval.starts_at.timestamp()), interval.length_s, figures)


def take_file(services: Services, source: str, file: TableFile) -> str:
    """Import a file; importing it again changes nothing. Returns why it cannot be used, or an empty string."""
    figures = services.floor.figures
    try:
        sheet = open_report(file.path)
        file_plan = plan(sheet, _columns(services, sheet))
        import_source = Source(importing.content_key(file.path, file_plan, figures.zone, figures), file.name)
        rows = read(file_plan, ZoneInfo(figures.zone), figures.threshold_s)
        importing.import_rows(services.database, import_source, rows)
    except ImportRunning as running:
        raise TryLater("another process imports the file") from running
    except WatchfloorError as refused:
        return refused.sentence if file.name in refused.sentence else f"{file.name}: {refused.sentence}"
    return ""


def _columns(services: Services, sheet: Sheet) -> ColumnMap:
    with services.database.reading() as session:
        stored_columns = preview_tables.column_map(session, sheet.shape)
    return ColumnMap.from_json(stored_columns) if stored_columns else recognise(sheet)
