"""Files of figures dropped into an incident's channel or into the bot's direct messages.

A dropped file is read and shown as a preview in its thread. Nothing counts until a user presses *Use it*.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlmodel import Session

from bot import outbox
from bot.errors import TryLater, WatchfloorError
from bot.impact import file_summary, importing, preview_tables, preview_views, tables, wording
from bot.impact.importing import ImportRunning, Source
from bot.impact.preview_tables import Preview
from bot.impact.preview_views import FilePreview
from bot.impact.reading.header import NoTimes, open_report
from bot.impact.reading.other_shapes import read
from bot.impact.reading.plan import ColumnMap, plan, recognise
from bot.impact.reading.rows import LeftOut
from bot.incidents import incidents
from bot.incidents.dropped_files import downloaded, ending_of
from bot.incidents.parse import Payload
from bot.incidents.permissions import changing_as, check_permission
from bot.incidents.registry import DroppedFile, Registry
from bot.outbox import kinds, row_files
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.database import Database, insert_new
from bot.services import Services
from bot.slack.blocks import Block
from bot.sources.tabular.errors import NoHeader
from bot.sources.tabular.sheet import Sheet

ENDINGS = ("csv", "tsv", "xlsx", "xls", "xlsm")
SHARES = (None, "file_share")
WAITING, IMPORTING, IMPORTED, DISCARDED = "waiting", "importing", "imported", "discarded"


class NotWaiting(WatchfloorError):
    """This file is being imported, or was imported or discarded already."""


class FileGone(WatchfloorError):
    """{name} could not be taken from Slack ({reason}). At most 25 MB can be sent here; `watchfloor figures import`
    takes 100 MB."""


def record_file(services: Services, event: Payload) -> None:
    """Enqueue the tables among a message's files, in an incident's channel or a direct message."""
    files = [file for file in event.get("files") or () if ending_of(file) in ENDINGS]
    if not files or event.get("subtype") not in SHARES or event.get("user") == services.slack.user_id():
        return
    is_direct = event.get("channel_type") == "im"
    if is_direct and event.get("thread_ts"):
        return  # a thread there is about something else
    now = utcnow()
    with services.database.transaction() as session:
        incident = incidents.of_channel(session, event["channel"])
        if incident is None and not is_direct:
            return
        for file in files:
            dropped = Preview(
                file_id=file["id"],
                file_name=str(file.get("name") or "file")[:200],
                channel_id=event["channel"],
                ts=event["ts"],
                incident_id=incident.number if incident else None,
                by=event.get("user") or "",
                asked_at=now,
            )
            if insert_new(session, dropped):
                _enqueue(session, dropped, "read")


def _enqueue(session: Session, preview: Preview, occasion: str) -> None:
    key = f"figures-file:{preview.number}:{occasion}"
    payload = {"preview": preview.number}
    outbox.enqueue(
        session,
        kinds.FIGURES_FILE,
        key,
        utcnow(),
        incident_id=preview.incident_id,
        payload=payload,
        channel_id=preview.channel_id,
        lane=f"figures-file:{preview.number}",
    )


def use(services: Services, number: int, by: str) -> None:
    """Import the file as its preview shows it."""
    with _waiting_preview(services, number, by) as (session, preview):
        if preview.incident_id is not None:
            check_permission(services, session, by, "lead", preview.incident_id)
        preview.state, preview.by = IMPORTING, by
        _show(session, preview, "Importing …", [])
        _enqueue(session, preview, "import")


def discard(services: Services, number: int, by: str) -> None:
    with _waiting_preview(services, number, by) as (session, preview):
        preview.state = DISCARDED
        _show(session, preview, wording.FILE_DISCARDED, [])


def change_columns(services: Services, number: int, columns: ColumnMap, by: str, occasion: str) -> None:
    """Read the file with other columns, and show the preview again."""
    with _waiting_preview(services, number, by) as (session, preview):
        preview.columns = columns.as_json() | {"header": (preview.columns or {}).get("header", [])}
        _enqueue(session, preview, f"again:{occasion}")


def columns_of(services: Services, number: int, by: str) -> tuple[Preview, ColumnMap, list[str]]:
    """A waiting file's columns, for the form."""
    with _waiting_preview(services, number, by) as (_, preview):
        stored_columns = preview.columns or {}
        return preview, ColumnMap.from_json(stored_columns), list(stored_columns.get("header", []))


@contextmanager
def _waiting_preview(services: Services, number: int, by: str) -> Iterator[tuple[Session, Preview]]:
    with changing_as(services, by) as session:
        preview = preview_tables.preview(session, number)
        if preview is None or preview.state != WAITING:
            raise NotWaiting()
        if preview.incident_id is not None:
            incidents.check_visible(session, incidents.by_number(session, preview.incident_id), by)
        yield session, preview


def read_or_import(services: Services, row: OutboxRow) -> None:
    """Read a dropped file for its preview, or import it, depending on its state."""
    number = int((row.payload or {})["preview"])
    with services.database.reading() as session:
        preview = session.get_one(Preview, number)
    if preview.state not in (WAITING, IMPORTING):
        return
    try:
        with downloaded(services, preview.file_id, preview.file_name, FileGone) as path:
            if (
                preview.state == WAITING
                and preview.columns is None
                and _hand_to_table_reader(services, preview, path)
            ):
                return
            if preview.state == WAITING:
                _read_for_preview(services, preview, path)
            else:
                _import(services, preview, path)
    except ImportRunning as running:
        raise TryLater("another process imports the file") from running
    except WatchfloorError as refused:
        sentences = [refused.sentence]
        if isinstance(refused, NoHeader):
            columns = [reader.columns for reader in services.get(Registry).table_readers]
            sentences.append(wording.other_files(columns))
        with services.database.transaction() as session:
            _finish(session, preview, preview_views.refused_text(" ".join(sentences)), [])


def _hand_to_table_reader(services: Services, preview: Preview, path: Path) -> bool:
    """Hand a file of something other than figures to the noun that reads it. True if there is one."""
    readers = services.get(Registry).table_readers
    reader = next((reader for reader in readers if reader.recognises(path)), None)
    if reader is None:
        return False
    dropped = DroppedFile(preview.file_id, preview.file_name, preview.channel_id, preview.ts, preview.by)
    reader.show(services, dropped, path)
    with services.database.transaction() as session:
        current = preview_tables.preview(session, preview.number)
        if current is not None:
            current.state = DISCARDED
    return True


def _read_for_preview(services: Services, preview: Preview, path: Path) -> None:
    sheet = open_report(path)
    columns = _columns(services.database, preview, sheet)
    zone = services.floor.figures.zone
    stored_columns = columns.as_json() | {"header": list(sheet.header)}
    left_out, count = list[LeftOut](), 0
    try:
        file_plan = plan(sheet, columns, needs_queue=False)
        file_preview = file_summary.summarize(preview, file_plan, zone, services.floor.figures, utcnow())
        file_preview = _with_what_is_known(services.database, preview, file_preview)
        if not file_preview.lacks_queue:
            left_out, count = list(file_preview.left_out), file_preview.left_out_count
        text, blocks = preview_views.preview_message(file_preview)
    except NoTimes as refused:
        text, blocks = preview_views.without_times(preview.number, refused.sentence)
    with services.database.transaction() as session:
        current = preview_tables.preview(session, preview.number)
        if current is not None and current.state == WAITING:
            current.columns = stored_columns
            _show(session, current, text, blocks)
            _post_left_out(session, current, left_out, count)


def _with_what_is_known(database: Database, preview: Preview, file_preview: FilePreview) -> FilePreview:
    """The preview with known queues of the same names, and when the channel's incident was declared."""
    with database.reading() as session:
        namesakes = tables.namesakes(session, file_preview.names)
        declared_at = 0
        if preview.incident_id is not None:
            declared_at = int(incidents.by_number(session, preview.incident_id).declared_at.timestamp())
    return replace(file_preview, namesakes=namesakes, declared_at=declared_at)


def _columns(database: Database, preview: Preview, sheet: Sheet) -> ColumnMap:
    """The columns as changed for this file, else as confirmed for its shape, else by their names."""
    with database.reading() as session:
        stored_columns = preview.columns or preview_tables.column_map(session, sheet.shape)
    if stored_columns and len(stored_columns.get("meanings", ())) == len(sheet.header):
        return ColumnMap.from_json(stored_columns)
    recognised_columns = recognise(sheet)
    # A file with an interval per column may have more of them tomorrow.
    return (
        replace(recognised_columns, queue=stored_columns.get("queue", "")) if stored_columns else recognised_columns
    )


def _import(services: Services, preview: Preview, path: Path) -> None:
    sheet = open_report(path)
    columns, figures = _columns(services.database, preview, sheet), services.floor.figures
    file_plan = plan(sheet, columns)
    key = importing.content_key(path, file_plan, figures.zone, figures)
    source = Source(key, preview.file_name, preview.by, preview.incident_id)
    rows = read(file_plan, ZoneInfo(figures.zone), figures.threshold_s)
    result = importing.import_rows(services.database, source, rows)
    # In one transaction: the message names the file of rows left out, so neither may be there alone.
    with services.database.transaction() as session:
        preview_tables.save_column_map(session, sheet.shape, columns.as_json(), preview.by, utcnow())
        _finish(session, preview, *preview_views.imported_message(result, preview.file_name), state=IMPORTED)
        _post_left_out(session, preview, result.left_out, result.left_out_count)


def _post_left_out(session: Session, preview: Preview, rows: Sequence[LeftOut], count: int) -> None:
    """Post the rows left out as a file in the thread if the message cannot name them all."""
    if count > preview_views.REASONS_SHOWN:
        thread = row_files.Thread(preview.channel_id, preview.ts, preview.incident_id)
        lines = [(row.line, row.reason) for row in rows]
        row_files.post_left_out(session, thread, preview.file_name, lines, count, utcnow())


def _finish(session: Session, preview: Preview, text: str, blocks: list[Block], state: str = DISCARDED) -> None:
    current = preview_tables.preview(session, preview.number)
    if current is not None and current.state in (WAITING, IMPORTING):
        current.state = state
        _show(session, current, text, blocks)


def _show(session: Session, preview: Preview, text: str, blocks: list[Block]) -> None:
    """Post or edit the one message about a file, in its thread."""
    key, shown_blocks = f"figures-preview:{preview.number}", blocks or preview_views.plain(text)
    row = outbox.by_key(session, key)
    if row is not None:
        outbox.edit(session, row, shown_blocks, utcnow())
        return
    outbox.post(
        session,
        key,
        preview.channel_id,
        text,
        utcnow(),
        incident_id=preview.incident_id,
        thread_ts=preview.ts,
        blocks=shown_blocks,
    )
