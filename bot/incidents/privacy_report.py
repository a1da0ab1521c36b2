"""The report on an incident that became private: which messages were deleted and which could not be."""

from collections import Counter

from bot import outbox
from bot.incidents import wording
from bot.outbox import kinds
from bot.outbox.kinds import Context, Settled
from bot.outbox.tables import OutboxRow
from bot.slack import refusals
from bot.slack.blocks import Message, section
from bot.slack.text import channel_link


def update_report(settled: Settled, *outcome: object) -> None:
    """Update the report once the old channel, and every message before it, is dealt with."""
    outbox.mark_stale(settled.session, settled.row.incident_id or 0, (kinds.PRIVACY_REPORT,))


def report(context: Context) -> Message:
    """The report on what was deleted and what could not be."""
    number = context.incident.number
    deletions = outbox.named(context.session, number, kinds.DELETION)
    archiving = outbox.named(context.session, number, kinds.ARCHIVING)
    refused_rows = [row for row in deletions if row.refused]
    deleted_count = sum(row.is_settled for row in deletions) - len(refused_rows)
    lines = [wording.MESSAGES_DELETED.format(deleted_count=deleted_count, total=len(deletions))]
    lines += [
        wording.MESSAGES_NOT_DELETED.format(
            count=count, channel=channel_link(channel_id), reason=refusals.reason("chat.delete", error)
        )
        for (channel_id, error), count in Counter(_channel_and_error(row) for row in refused_rows).items()
    ]
    for row in archiving:
        old_channel = channel_link((row.payload or {})["channel_id"])
        state = "archived" if row.is_settled and not row.refused else "not archived"
        lines.append(wording.OLD_CHANNEL.format(channel=old_channel, state=state))
    lines.append(wording.READ_OR_COPIED)
    text = "\n".join(lines)
    return text, [section(text)]


def _channel_and_error(row: OutboxRow) -> tuple[str, str]:
    return str((row.payload or {})["channel_id"]), row.refused or ""
