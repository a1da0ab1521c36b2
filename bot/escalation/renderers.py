"""Outbox kinds of an escalation: the direct message of a page, its call to the pager, the channel's message."""

from bot.escalation import messages, ringing
from bot.outbox import kinds
from bot.outbox.kinds import Kind

KINDS = (
    Kind(kinds.PAGE, "tell somebody that they are needed", messages.render, messages.recipient),
    Kind(kinds.PAGER, "", ringing.call, kinds.no_channel),
    Kind(kinds.LADDER, "keep the escalation's message up to date", messages.render),
)
