"""Rosters sent to the bot by direct message, as calendars or spreadsheets."""

from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot import outbox
from bot.config.floor import Roster
from bot.directory.lookup import language_of_reader, person_of
from bot.directory.rules import NotForGuests
from bot.errors import WatchfloorError
from bot.incidents.dropped_files import download, ending_of
from bot.incidents.parse import Payload
from bot.incidents.registry import DroppedFile, TableReader
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.shifts import offers, roster_views, rosters
from bot.shifts.comparing import Result
from bot.shifts.importing import OnImported
from bot.shifts.reading.table_file import HEADER
from bot.shifts.wording import translator_for
from bot.sources.tabular.errors import FileRefused
from bot.sources.tabular.sheet import open_sheet

ENDINGS = ("ics", "ical")
SHARES = (None, "file_share")


def is_roster(file: Payload) -> bool:
    """True if the file is a calendar, which is read as a roster."""
    return ending_of(file) in ENDINGS


def record_file(services: Services, event: Payload) -> None:
    """Enqueue the calendars among the files of a direct message for import."""
    files = [file for file in event.get("files") or () if is_roster(file)]
    is_direct = event.get("channel_type") == "im" and not event.get("thread_ts")
    if (
        not files
        or not is_direct
        or event.get("subtype") not in SHARES
        or event.get("user") == services.slack.user_id()
    ):
        return
    with services.database.transaction() as session:
        for file in files:
            payload = {"file_id": file["id"], "name": str(file["name"])[:120], "by": event.get("user") or ""}
            payload |= {"ts": event["ts"]}
            key = f"roster_file:{file['id']}"
            facts = {"payload": payload, "channel_id": event["channel"]}
            outbox.enqueue(session, kinds.ROSTER_FILE, key, utcnow(), **facts)


def import_and_reply(services: Services, row: OutboxRow) -> None:
    """Import the file and reply in its thread."""
    channel_id, payload = str(row.channel_id), row.payload or {}

    def reply(session: Session, result: Result | None) -> None:
        text = roster_views.result_text(result, translator_for(session, services, payload["by"]))
        _post_reply(session, channel_id, payload, text)

    try:
        # The reply is posted with the import: later, the roster would be one that did not change.
        if _import_file(services, payload, reply) is None:
            with services.database.transaction() as session:
                reply(session, None)
    except WatchfloorError as refusal:
        text = f"⚠️ {refusal.sentence_in(language_of_reader(services, payload['by']))}"
        with services.database.transaction() as session:
            _post_reply(session, channel_id, payload, text)


def _post_reply(session: Session, channel_id: str, payload: dict[str, Any], text: str) -> None:
    key = f"roster_file:{payload['file_id']}:read"
    outbox.post(session, key, channel_id, text, utcnow(), thread_ts=payload["ts"])


def _import_file(services: Services, payload: dict[str, Any], reply: OnImported) -> Result | None:
    by, name = payload["by"], payload["name"]
    if not person_of(services, by).may_act:
        raise NotForGuests()
    offers.check_manager(services, by)
    content = download(services, payload["file_id"], name)
    roster = Roster(name=name.rsplit(".", 1)[0][:60] or "roster", file=name, zone=services.floor.zone)
    return rosters.import_content(services, roster, name, content, by, utcnow(), reply)


def is_roster_table(path: Path) -> bool:
    """True if the table has the columns of a roster."""
    try:
        open_sheet(path, HEADER)
    except FileRefused:
        return False
    return True


def show_table(services: Services, dropped: DroppedFile, path: Path) -> None:
    """Enqueue the import of a roster that came as a table; the reply goes to its thread."""
    payload = {"file_id": dropped.file_id, "name": dropped.name, "by": dropped.by, "ts": dropped.ts}
    key, channel_id = f"roster_file:{dropped.file_id}", dropped.channel_id
    with services.database.transaction() as session:
        outbox.enqueue(session, kinds.ROSTER_FILE, key, utcnow(), payload=payload, channel_id=channel_id)


READER = TableReader(is_roster_table, show_table, "*Person* and *Start* (rosters)")
