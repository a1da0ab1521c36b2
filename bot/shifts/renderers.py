"""Outbox kinds of rosters: the pinned point of contact, open times, roster files and absence exports."""

from bot.directory.lookup import forget_channel
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind
from bot.outbox.rules import Refusal
from bot.shifts import absences, contact, coverage, roster_files


def _of_row(context: Context) -> str:
    return context.row.channel_id or ""


KINDS = (
    Kind(
        kinds.CONTACT,
        "",
        contact.message,
        contact.channel_of,
        on_lost=contact.pin_again,
        forget=forget_channel,
    ),
    Kind(kinds.CONTACT_PIN, "", contact.pin, lambda context: "", otherwise=Refusal.FINAL),
    Kind(kinds.OPEN_TIME, "", coverage.message, _of_row, otherwise=Refusal.FINAL),
    Kind(kinds.ROSTER_FILE, "", roster_files.call, _of_row, otherwise=Refusal.FINAL, is_import=True),
    Kind(kinds.ABSENCES_FILE, "", absences.file_call, absences.file_channel, otherwise=Refusal.FINAL),
)
