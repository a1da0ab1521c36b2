"""Imports a file's cases about 50 rows at a time, so that clicks do not wait for it."""

from bot.cases import storing
from bot.cases.reading import ReadCases
from bot.cases.storing import Stored
from bot.config.floor import Floor
from bot.runtime.clock import utcnow
from bot.runtime.database import Database, low_priority

ROWS_AT_ONCE = 50
# All files are one source, whatever their names: a case is identified by its number.
SOURCE = "file"


def import_rows(database: Database, floor: Floor, source: str, content: ReadCases) -> Stored:
    """Import the rows, all rows of a case in one transaction. Idempotent: an interrupted import can be repeated."""
    total, start = Stored(), 0
    rows = sorted(content.rows, key=lambda row: row.external_id)
    with low_priority():
        while start < len(rows):
            end = min(start + ROWS_AT_ONCE, len(rows))
            while end < len(rows) and rows[end].external_id == rows[end - 1].external_id:
                end += 1
            now = utcnow()
            with database.transaction() as session:
                total.add(storing.upsert(session, floor.cases, source, rows[start:end], now))
                storing.after_rows(session, floor, now)
            start = end
    return total
