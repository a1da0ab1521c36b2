"""Outbox kinds of cases: messages to Slack and notes to sources."""

from bot.cases import boards, notes, uploads
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind
from bot.outbox.rules import Refusal


def _of_row(context: Context) -> str:
    return context.row.channel_id or ""


KINDS = (
    Kind(kinds.CASE_FILE, "", uploads.call, _of_row, otherwise=Refusal.FINAL, is_import=True),
    Kind(kinds.CASE_NOTE, "", notes.call, _of_row),
    Kind(kinds.CASE_BOARD, "", boards.message, boards.channel_of),
)
