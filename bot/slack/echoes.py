"""Slack's echoes of what the bot itself posted or edited, which have no effect. Pure."""

from collections.abc import Collection
from typing import Any

TOMBSTONE = "tombstone"


def is_echo(body: Any, own_ids: Collection[str]) -> bool:
    """True if an event only says that a message of the bot was posted, or reads as the bot edited it.

    A deletion is not an echo, even of the bot's own message: a person removed it.
    """
    event = body.get("event") if isinstance(body, dict) else None
    if not isinstance(event, dict) or event.get("type") != "message":
        return False
    if event.get("subtype") == "message_changed":
        versions = (event.get("message"), event.get("previous_message"))
        return all(_is_own(version, own_ids) for version in versions)
    return event.get("subtype") in (None, "bot_message") and _is_own(event, own_ids)


def _is_own(message: Any, own_ids: Collection[str]) -> bool:
    if not isinstance(message, dict) or message.get("subtype") == TOMBSTONE or message.get("files"):
        return False
    return any(str(message.get(name) or "") in own_ids for name in ("user", "bot_id"))
