"""Files of cases dropped into Slack: previewed in their thread, and imported when a user confirms."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot import outbox
from bot.cases import importing, upload_views
from bot.cases.reading import ReadCases, is_table_of_cases, read_cases
from bot.cases.wording import reason_in, translator_for
from bot.errors import WatchfloorError
from bot.incidents.dropped_files import downloaded
from bot.incidents.permissions import changing_as
from bot.incidents.registry import DroppedFile, TableReader
from bot.outbox import kinds, row_files
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.database import Numbered, insert_new, utc_column
from bot.services import Services
from bot.slack.blocks import Block, section
from bot.slack.phrases import Translator

WAITING, IMPORTING, IMPORTED, DISCARDED = "waiting", "importing", "imported", "discarded"


class NotWaiting(WatchfloorError):
    """This file is being imported, or was imported or discarded already."""

    es = "Ese archivo se está importando, o ya se importó o se descartó."


class CasePreview(Numbered, table=True):
    """A dropped file of cases and its state."""

    __tablename__ = "case_previews"

    file_id: str = Field(unique=True)
    file_name: str
    channel_id: str
    ts: str
    by: str
    state: str = WAITING
    content_hash: str = ""
    imported_at: datetime | None = Field(default=None, sa_column=utc_column())


def show(services: Services, dropped: DroppedFile, path: Path) -> None:
    """Post a preview of the file, with its buttons."""
    content = read_cases(path, services.floor.cases.zone)
    with services.database.transaction() as session:
        preview = CasePreview(
            file_id=dropped.file_id,
            file_name=dropped.name,
            channel_id=dropped.channel_id,
            ts=dropped.ts,
            by=dropped.by,
            content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        if insert_new(session, preview):
            translate = translator_for(session, services, preview.by)
            now = utcnow()
            before = upload_views.imported_before(_last_import(session, preview), now, translate)
            message = upload_views.preview_message(preview.number, dropped.name, content, before, translate, now)
            _post_or_edit(session, preview, *message)
            _list_left_out(session, preview, content, translate)


def _last_import(session: Session, preview: CasePreview) -> datetime | None:
    """When a file of the same content was last imported."""
    same_content = col(CasePreview.content_hash) == preview.content_hash
    return session.exec(select(sa.func.max(CasePreview.imported_at)).where(same_content)).one()


READER = TableReader(is_table_of_cases, show, "*Number* and *Opened at* (cases)")


def use(services: Services, number: int, by: str, now: datetime) -> None:
    """Start the import of the file's cases."""
    with _waiting_preview(services, number, by) as (session, preview):
        preview.state, preview.by = IMPORTING, by
        _post_or_edit(session, preview, translator_for(session, services, by)("Importing …"), [])
        payload = {"preview": number}
        key = f"case-file:{number}"
        outbox.enqueue(session, kinds.CASE_FILE, key, now, payload=payload, channel_id=preview.channel_id, lane=key)


def discard(services: Services, number: int, by: str) -> None:
    with _waiting_preview(services, number, by) as (session, preview):
        preview.state = DISCARDED
        _post_or_edit(
            session, preview, translator_for(session, services, by)("Discarded; nothing of it was kept."), []
        )


@contextmanager
def _waiting_preview(services: Services, number: int, by: str) -> Iterator[tuple[Session, CasePreview]]:
    with changing_as(services, by, "cases") as session:
        preview = session.get(CasePreview, number, with_for_update=True)
        if preview is None or preview.state != WAITING:
            raise NotWaiting()
        yield session, preview


def import_file(services: Services, row: OutboxRow) -> None:
    """Import a file, and say in its message what became of it."""
    number = int((row.payload or {})["preview"])
    with services.database.reading() as session:
        preview = session.get_one(CasePreview, number)
        translate = translator_for(session, services, preview.by)
    if preview.state != IMPORTING:
        return
    content = ReadCases()
    try:
        with downloaded(services, preview.file_id, preview.file_name) as path:
            content = read_cases(path, services.floor.cases.zone)
        stored = importing.import_rows(services.database, services.floor, importing.SOURCE, content)
        text, state = upload_views.imported_text(preview.file_name, stored, content, translate), IMPORTED
    except WatchfloorError as refusal:
        text, state = f"⚠️ {refusal.sentence_in(translate.language)}", DISCARDED
    with services.database.transaction() as session:
        current = session.get_one(CasePreview, number)
        current.state, current.imported_at = state, utcnow() if state == IMPORTED else None
        _post_or_edit(session, current, text, [])
        _list_left_out(session, current, content, translate)


def _list_left_out(session: Session, preview: CasePreview, content: ReadCases, translate: Translator) -> None:
    """Attach a file of left-out rows if there are more than the message names."""
    if len(content.left_out) > upload_views.REASONS_SHOWN:
        thread = row_files.Thread(preview.channel_id, preview.ts)
        rows = [(row.line, reason_in(row.reason, translate.language)) for row in content.left_out]
        row_files.post_left_out(session, thread, preview.file_name, rows, len(rows), utcnow())


def _post_or_edit(session: Session, preview: CasePreview, text: str, blocks: list[Block]) -> None:
    """Post or edit the one message about a file, in its thread."""
    key, message_blocks = f"case-preview:{preview.number}", blocks or [section(text)]
    row = outbox.by_key(session, key)
    if row is not None:
        outbox.edit(session, row, message_blocks, utcnow())
        return
    outbox.post(session, key, preview.channel_id, text, utcnow(), thread_ts=preview.ts, blocks=message_blocks)
