"""Slack's echo of what the bot posted or edited itself: nothing follows from it. Pure."""

from collections.abc import Collection
from typing import Any

TOMBSTONE = "tombstone"


def is_echo(body: Any, own_ids: Collection[str]) -> bool:
    """Does an event tell no more than that a message of the bot was posted, or reads as the bot edited it?

    A deletion is none, even of the bot's own message: somebody took it away.
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
