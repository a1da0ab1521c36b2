"""Outbox kinds of cases: messages to Slack and notes to sources."""

from bot.cases import boards, notes, uploads
from bot.outbox import kinds
from bot.outbox.kinds import Kind
from bot.outbox.rules import Refusal

KINDS = (
    kinds.job(kinds.CASE_FILE, uploads.import_file, kinds.channel_of_row, otherwise=Refusal.FINAL, is_import=True),
    kinds.job(kinds.CASE_NOTE, notes.write, kinds.channel_of_row),
    Kind(kinds.CASE_BOARD, "", boards.message, boards.channel_of),
)
