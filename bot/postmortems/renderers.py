"""The message about a post-mortem."""

from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message
from bot.postmortems import messages


def _postmortem(context: Context) -> Message:
    return messages.draw(context.session, context.services, context.incident, context.row)


def _place(context: Context) -> str:
    return messages.place(context.session, context.row)


KINDS = (Kind(kinds.POST_MORTEM, "keep the message about the post-mortem up to date", _postmortem, _place),)
