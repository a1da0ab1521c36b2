"""Files of locked accounts dropped by users: read and recorded at once, with the result in their thread."""

from datetime import datetime
from pathlib import Path
from typing import Any

from bot import outbox
from bot.errors import WatchfloorError
from bot.incidents.dropped_files import downloaded
from bot.incidents.permissions import check_may
from bot.incidents.registry import DroppedFile, TableReader
from bot.lockouts import reading, recording, wording
from bot.lockouts.reading import ReadLockouts
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import escape, one_line

SOURCE = "file"


def show(services: Services, dropped: DroppedFile, path: Path) -> None:
    """Enqueue a file that a user dropped; the answer appears in its thread."""
    payload = {"file_id": dropped.file_id, "name": dropped.name, "by": dropped.by, "ts": dropped.ts}
    key = f"lockout-file:{dropped.file_id}"
    with services.database.transaction() as session:
        outbox.enqueue(session, kinds.LOCKOUT_FILE, key, utcnow(), payload=payload, channel_id=dropped.channel_id)


READER = TableReader(reading.is_table_of_lockouts, show, "*Login* and *Locked at* (lockouts)")


def read(services: Services, row: OutboxRow) -> None:
    """Read the file and record its lockouts. Idempotent: known lockouts change nothing."""
    payload, now = row.payload or {}, utcnow()
    try:
        text = _record_file(services, payload, now)
    except WatchfloorError as refused:
        text = f"⚠️ {escape(refused.sentence)}"
    with services.database.transaction() as session:
        outbox.post(session, f"{row.key}:read", str(row.channel_id), text, now, thread_ts=payload["ts"])


def _record_file(services: Services, payload: dict[str, Any], now: datetime) -> str:
    check_may(services, payload["by"], "lockouts")
    name = payload["name"]
    with downloaded(services, payload["file_id"], name) as path:
        result = reading.read_lockouts(path, services.floor.zone, now)
    with services.database.transaction() as session:
        new_count = recording.record(session, services.floor, SOURCE, result.rows, now)
    lines = [taken_line(one_line(name, 100), result, new_count), *map(escape, reading.left_out_lines(result))]
    return "\n".join(lines)


def taken_line(name: str, result: ReadLockouts, new_count: int) -> str:
    """The result of reading a file, in one sentence."""
    return wording.file_taken(name, len(result.rows), new_count)
