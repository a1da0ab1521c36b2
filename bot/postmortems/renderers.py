"""Outbox kinds of a post-mortem: its message, its files, the channel's canvas."""

from bot.outbox import kinds
from bot.outbox.kinds import Kind
from bot.outbox.rules import Refusal
from bot.postmortems import delivery, messages

KINDS = (
    Kind(
        kinds.POST_MORTEM,
        "keep the message about the post-mortem up to date",
        messages.render,
        messages.channel_of,
        on_delivered=delivery.note_shown,
    ),
    Kind(
        kinds.POST_MORTEM_UPLOAD,
        "",
        kinds.calling(delivery.upload),
        kinds.no_channel,
        otherwise=Refusal.FINAL,
        on_given_up=delivery.note_not_uploaded,
    ),
    Kind(
        kinds.POST_MORTEM_FILES,
        "",
        delivery.share_call,
        kinds.no_channel,
        otherwise=Refusal.FINAL,
        on_delivered=delivery.note_shared,
        on_given_up=delivery.note_not_shared,
    ),
    kinds.job(kinds.CANVAS, delivery.fill_canvas, otherwise=Refusal.FINAL),
)
