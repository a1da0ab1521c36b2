"""Outbox kind of the notice to a partner: sent once due, edited afterwards."""

from bot.directory.lookup import forget_channel
from bot.outbox import kinds
from bot.outbox.kinds import Kind
from bot.outbox.rules import Refusal
from bot.partners import messages, notice_actions

KINDS = (
    Kind(
        kinds.PARTNER,
        "keep a partner's notice up to date",
        messages.render,
        messages.channel_of,
        refused_at_first=Refusal.FINAL,
        forget=forget_channel,
        on_delivered=notice_actions.note_told,
        on_given_up=notice_actions.note_refused,
    ),
)
