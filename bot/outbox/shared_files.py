"""A file that an outbox row uploads and shows in its incident's channel."""

from collections.abc import Callable

from bot.outbox.kinds import Call, Context
from bot.outbox.tables import OutboxRow
from bot.services import Services

Share = Callable[[Services, OutboxRow, str], None]


def call(context: Context, channel_id: str, share: Share) -> Call:
    """`share` uploads it, remembers its `file_id` in the row, and shows it; shown once, it is not shown again."""
    services, row = context.services, context.row
    file_id = str((row.payload or {}).get("file_id", ""))
    return Call(
        row.key,
        lambda: share(services, row, channel_id),
        exists=lambda: bool(file_id) and services.slack.is_shared(file_id, channel_id),
    )
