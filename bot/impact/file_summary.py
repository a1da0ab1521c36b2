"""What a dropped file holds, read as a whole before any of it counts."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.config.floor.figures import Figures
from bot.impact import importing
from bot.impact.preview_tables import Preview
from bot.impact.preview_views import FilePreview
from bot.impact.reading.other_shapes import read
from bot.impact.reading.plan import Plan
from bot.impact.reading.rows import LeftOut, QueueName, ReadRow
from bot.impact.reading.usable import checked, has_contacts_to_come, last_start

# Rows beyond these are not compared, to save memory: the import compares them in the database.
MOST_COMPARED = 100_000


def summarize(preview: Preview, file_plan: Plan, zone: str, figures: Figures, now: datetime) -> FilePreview:
    """Read the whole file without storing anything."""
    rows, first_at, last_at, count = 0, 0, 0, 0
    left_out: list[LeftOut] = []
    queues: dict[str, float] = {}
    names: set[QueueName] = set()
    is_ahead, last = False, last_start(now)

    def noted(read_rows: Iterable[ReadRow | LeftOut]) -> Iterator[ReadRow | LeftOut]:
        nonlocal is_ahead
        for row in read_rows:
            is_ahead = is_ahead or (isinstance(row, ReadRow) and has_contacts_to_come(row, last))
            yield row

    for row in _usable(noted(read(file_plan, ZoneInfo(zone), figures.threshold_s)), last):
        if isinstance(row, LeftOut):
            count += 1
            if len(left_out) < importing.MOST_LEFT_OUT:
                left_out.append(row)
            continue
        rows += 1
        names.add(row.queue)
        queues.setdefault(row.queue.queue, figures.threshold_s(row.queue.queue))
        first_at = min(first_at or row.starts_at, row.starts_at)
        last_at = max(last_at, row.starts_at)
    return FilePreview(
        preview.number,
        preview.file_name,
        file_plan,
        zone,
        rows,
        queues,
        first_at,
        last_at,
        left_out,
        count,
        frozenset(names),
        is_ahead,
    )


def _usable(rows: Iterable[ReadRow | LeftOut], last: float) -> Iterator[ReadRow | LeftOut]:
    """Leave out what the import leaves out, such as rows that repeat a queue and interval of the file."""
    seen: set[tuple[QueueName, int]] = set()
    for read_row in rows:
        row = read_row if isinstance(read_row, LeftOut) else checked(read_row, last)
        if isinstance(row, ReadRow):
            key = (row.queue, row.starts_at)
            if key in seen:
                yield LeftOut(row.line, importing.REPEATED)
                continue
            if len(seen) < MOST_COMPARED:
                seen.add(key)
        yield row
