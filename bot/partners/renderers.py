"""Outbox kinds of partners: the notice, sent once due and edited afterwards, and the replies below it."""

from msgspec.structs import replace

from bot.directory.lookup import forget_channel
from bot.outbox import kinds
from bot.outbox.kinds import POSTED, Kind
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
    replace(
        POSTED,
        name=kinds.PARTNER_REPLY,
        on_delivered=notice_actions.note_replied,
        on_given_up=notice_actions.note_reply_refused,
        join=None,
    ),
)
