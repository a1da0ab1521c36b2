"""The message that shows a draft of updates."""

from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message
from bot.updates import draft_drawing, draft_messages


def _draft(context: Context) -> Message:
    return draft_drawing.draw(context.session, context.services, context.incident, context.row)


def _recipient(context: Context) -> str:
    return draft_messages.recipient(context.row, context.incident.channel_id or "")


KINDS = (Kind(kinds.DRAFT, "show the draft of an update", _draft, _recipient),)
