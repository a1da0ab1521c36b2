"""Ledger output in Slack: releases in the channel; results of files and workbooks by direct message."""

from bot import outbox
from bot.errors import WatchfloorError
from bot.incidents.dropped_files import downloaded
from bot.ledger import importing, releases, tables, views, wording, workbook
from bot.ledger.tables import LedgerFile
from bot.outbox import kinds, shared_files
from bot.outbox.kinds import Call, Context, Kind, Settled
from bot.outbox.rules import Refusal
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Message

DONE, REFUSED = "done", "refused"


class FileGone(WatchfloorError):
    """{name} could not be taken from Slack ({reason}). At most 25 MB can be sent here; send it in parts."""


def _release_message(context: Context) -> Message:
    release, _ = releases.release_and_number(context.session, int(context.row.subject))
    return views.release_card(release, utcnow(), context.services.floor.permissions.ledger)


def _prepare(services: Services, row: OutboxRow) -> None:
    """Prepare a release of many lines."""
    releases.prepare(services.database, services.floor.credits, int((row.payload or {})["release"]))


def _read_file(services: Services, row: OutboxRow) -> None:
    """Read an uploaded file, and tell its uploader the outcome."""
    number, file_id = row.incident_id or 0, int((row.payload or {})["file"])
    with services.database.reading() as session:
        file = session.get_one(LedgerFile, file_id)
    if file.state == REFUSED:
        return
    try:
        with downloaded(services, file.slack_id, file.file_name, FileGone) as path:
            outcome = importing.import_file(services.database, file_id, path)
        text = views.file_done(file, outcome, number)
    except WatchfloorError as error:
        text = f"⚠️ {error.sentence}"
    _post_outcome(services, number, file_id, text)


def _post_outcome(services: Services, number: int, file_id: int, text: str) -> None:
    with services.database.transaction() as session:
        file = session.get_one(LedgerFile, file_id)
        if file.state != DONE:
            file.state = REFUSED
        outbox.post(session, f"ledger-file:{file_id}:done", file.brought_by, text, utcnow(), incident_id=number)


def _send_workbook_call(context: Context) -> Call:
    """Build the workbook and share it in a direct message."""
    conversation = str((context.row.payload or {}).get("dm", ""))
    return shared_files.call(context, conversation, _share_workbook)


def _share_workbook(services: Services, row: OutboxRow, _: str) -> None:
    number, payload = row.incident_id or 0, row.payload or {}
    with services.database.snapshot() as session:
        ledger = tables.of_incident(session, number)
        content = workbook.build(session, ledger) if ledger else b""
    if not content:
        return
    channel_id = services.slack.direct_channel(payload["to"])
    file_id = services.slack.upload(f"ledger-{number}.xlsx", content)
    with services.database.transaction() as session:
        outbox.remember(session, row, payload | {"file_id": file_id, "dm": channel_id}, utcnow())
    text = wording.WORKBOOK_SHARED.format(number=number)
    services.slack.share_files([(file_id, f"Ledger {number}")], channel_id, text)


def _note_refused(settled: Settled, error: str) -> None:
    """Tell the requesting user that Slack refused the workbook."""
    row = settled.row
    text = wording.WORKBOOK_REFUSED.format(number=row.incident_id, error=error)
    user_id = (row.payload or {})["to"]
    outbox.post(settled.session, f"{row.key}:refused", user_id, text, utcnow(), incident_id=row.incident_id)


KINDS = (
    Kind(kinds.LEDGER_RELEASE, "show what is released to be paid", _release_message),
    kinds.job(kinds.LEDGER_LINES, _prepare),
    kinds.job(kinds.LEDGER_FILE, _read_file, otherwise=Refusal.FINAL, is_import=True),
    Kind(
        kinds.LEDGER_WORKBOOK,
        "",
        _send_workbook_call,
        kinds.no_channel,
        otherwise=Refusal.FINAL,
        on_given_up=_note_refused,
    ),
)
