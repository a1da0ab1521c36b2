"""What callers hear, in the lines of an incident's card, its handover and its caller messages. Pure."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.slack.text import escape, mentions, near_time


class CallerMessageOn(Struct, frozen=True):
    """A caller message that is on: what happens to the call, who dialled in and heard it, when to check again."""

    variant: str
    heard_by: str
    look_at: datetime


def callers_hear_line(messages_on: Sequence[CallerMessageOn], now: datetime) -> str:
    """One line while a message is on: what it does to the call, who dialled in, when to check again."""
    if not messages_on:
        return ""
    variants = ", ".join(dict.fromkeys(message.variant for message in messages_on))
    heard_by = [message.heard_by for message in messages_on if message.heard_by]
    hearers = f"heard by {mentions(dict.fromkeys(heard_by))}" if heard_by else "nobody has dialled in yet"
    if 0 < len(heard_by) < len(messages_on):
        hearers = f"only {len(heard_by)} of them {hearers}"
    check = next_check(min(message.look_at for message in messages_on), now)
    count_text = "a message" if len(messages_on) == 1 else f"{len(messages_on)} messages"
    return f"📞 Callers hear {count_text} ({escape(variants)}) · {hearers} · {check}"


def next_check(look_at: datetime, now: datetime) -> str:
    """When somebody looks whether a caller message is still needed, or since when nobody has."""
    return f"{'⏰ check overdue since' if look_at <= now else 'check again'} {near_time(look_at, now)}"
