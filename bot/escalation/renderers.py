"""Outbox kinds of an escalation: the direct message of a page, its call to the pager, the channel's message."""

from bot.escalation import messages, ringing
from bot.incidents.bridge_rules import bridge_outside_channel
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message


def _escalation(context: Context) -> Message:
    bridge = bridge_outside_channel(context.incident, context.services.floor)
    return messages.render(context.session, context.incident, context.row, bridge)


def _paged(context: Context) -> str:
    return messages.recipient(context.session, context.row)


KINDS = (
    Kind(kinds.PAGE, "tell somebody that they are needed", _escalation, _paged),
    Kind(kinds.PAGER, "", ringing.call, lambda context: ""),
    Kind(kinds.LADDER, "keep the escalation's message up to date", _escalation),
)
