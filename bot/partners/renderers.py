"""Outbox kind of the notice to a partner: sent once due, edited afterwards."""

from bot.directory.lookup import forget_channel
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message
from bot.outbox.rules import Refusal
from bot.partners import messages, notice_actions


def _notice(context: Context) -> Message:
    return messages.render(context.session, context.services, context.incident, context.row)


def _channel_id(context: Context) -> str:
    return messages.channel_of(context.services, context.row)


KINDS = (
    Kind(
        kinds.PARTNER,
        "keep a partner's notice up to date",
        _notice,
        _channel_id,
        refused_at_first=Refusal.FINAL,
        forget=forget_channel,
        on_delivered=notice_actions.note_told,
        on_given_up=notice_actions.note_refused,
    ),
)
