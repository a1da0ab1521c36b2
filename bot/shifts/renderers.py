"""Outbox kinds of rosters: the pinned point of contact, open times, roster files and absence exports."""

from bot.directory.lookup import forget_channel
from bot.outbox import kinds
from bot.outbox.kinds import Kind
from bot.outbox.rules import Refusal
from bot.shifts import absences, contact, open_time_messages, roster_files

KINDS = (
    Kind(kinds.CONTACT, "", contact.message, contact.channel_of, on_lost=contact.pin_again, forget=forget_channel),
    Kind(kinds.CONTACT_PIN, "", contact.pin, kinds.no_channel, otherwise=Refusal.FINAL),
    Kind(kinds.OPEN_TIME, "", open_time_messages.message, kinds.channel_of_row, otherwise=Refusal.FINAL),
    kinds.job(
        kinds.ROSTER_FILE,
        roster_files.import_and_reply,
        kinds.channel_of_row,
        otherwise=Refusal.FINAL,
        is_import=True,
    ),
    kinds.job(kinds.ABSENCES_FILE, absences.share, absences.file_channel, otherwise=Refusal.FINAL),
)
