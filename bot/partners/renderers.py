"""The notice to a partner, kept up to date."""

from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message
from bot.partners import messages


def _notice(context: Context) -> Message:
    return messages.draw(context.session, context.services, context.incident, context.row)


def _place(context: Context) -> str:
    return messages.place(context.services, context.row)


KINDS = (Kind(kinds.PARTNER, "keep a partner's notice up to date", _notice, _place),)
