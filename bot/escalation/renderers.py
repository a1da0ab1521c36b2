"""The messages of an escalation: the direct message of a page, and the line in the incident's channel."""

from bot.escalation import messages
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message


def _escalation(context: Context) -> Message:
    return messages.draw(context.session, context.incident, context.row)


def _paged(context: Context) -> str:
    return messages.recipient(context.session, context.row)


KINDS = (
    Kind(kinds.PAGE, "tell somebody that they are needed", _escalation, _paged),
    Kind(kinds.LADDER, "keep the escalation's message up to date", _escalation),
)
