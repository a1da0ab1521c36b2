"""Rows that a message has no room for, as a CSV file in its thread."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot.outbox import kinds, shared_files
from bot.outbox.kinds import Call, Context, Kind
from bot.outbox.rules import Refusal
from bot.outbox.tables import OutboxRow
from bot.outbox.writing import enqueue, remember
from bot.runtime.clock import utcnow
from bot.runtime.csv_file import to_csv
from bot.services import Services

# The most rows in the file; the total is stated in any case.
MOST_ROWS = 1_000
HEADER = ("Line", "Left out because")


class Thread(Struct, frozen=True):
    """The thread in which a file is shown."""

    channel_id: str
    ts: str
    incident_id: int | None = None


def post_left_out(
    session: Session, thread: Thread, name: str, rows: Sequence[tuple[int, str]], count: int, now: datetime
) -> None:
    """Post the unused rows of a file, each with its line number; the same rows are posted only once.

    `rows` are the first of `count` rows.
    """
    lines = [[str(line), reason] for line, reason in rows[:MOST_ROWS]]
    if count > len(lines):
        lines.append(["", f"and {count - len(lines):,} more"])
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()[:16]
    key = f"left-out:{thread.channel_id}:{thread.ts}:{digest}"
    payload = {"name": f"left-out-{name}.csv", "count": count, "rows": lines, "ts": thread.ts}
    enqueue(
        session,
        kinds.ROWS_FILE,
        key,
        now,
        incident_id=thread.incident_id,
        payload=payload,
        channel_id=thread.channel_id,
        lane=key,
    )


def _send(context: Context) -> Call:
    return shared_files.call(context, context.row.channel_id or "", _share)


def _share(services: Services, row: OutboxRow, channel_id: str) -> None:
    payload = row.payload or {}
    file_id = services.slack.upload(payload["name"], to_csv(HEADER, payload["rows"]))
    with services.database.transaction() as session:
        remember(session, row, payload | {"file_id": file_id}, utcnow())
    text = f"The {payload['count']:,} rows that are left out, each with its reason."
    services.slack.share_files([(file_id, payload["name"])], channel_id, text, payload["ts"])


KIND = Kind(kinds.ROWS_FILE, "", _send, kinds.channel_of_row, otherwise=Refusal.FINAL)
