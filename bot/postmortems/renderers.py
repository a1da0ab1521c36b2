"""Outbox kinds of a post-mortem: its message, its files, the channel's canvas."""

from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message
from bot.outbox.rules import Refusal
from bot.postmortems import delivery, messages


def _postmortem(context: Context) -> Message:
    return messages.render(context.session, context.services, context.incident, context.row)


def _channel_of_copy(context: Context) -> str:
    return messages.channel_of(context.session, context.row)


def _no_channel(context: Context) -> str:
    """Return no channel, because the call determines it."""
    return ""


KINDS = (
    Kind(
        kinds.POST_MORTEM,
        "keep the message about the post-mortem up to date",
        _postmortem,
        _channel_of_copy,
        on_delivered=delivery.note_shown,
    ),
    Kind(
        kinds.POST_MORTEM_UPLOAD,
        "",
        delivery.upload_call,
        _no_channel,
        otherwise=Refusal.FINAL,
        on_given_up=delivery.note_not_uploaded,
    ),
    Kind(
        kinds.POST_MORTEM_FILES,
        "",
        delivery.share_call,
        _no_channel,
        otherwise=Refusal.FINAL,
        on_delivered=delivery.note_shared,
        on_given_up=delivery.note_not_shared,
    ),
    Kind(kinds.CANVAS, "", delivery.canvas_call, _no_channel, otherwise=Refusal.FINAL),
)
