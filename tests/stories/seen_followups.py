"""What people see of follow-ups, and what is recorded of them."""

from collections.abc import Callable
from typing import Any

from tests.floor import TestFloor
from tests.stories.record import rows


def follow_ups(floor: TestFloor) -> list[dict[str, Any]]:
    """The database row of every follow-up."""
    return rows(floor, "follow_ups")


def channel_messages(floor: TestFloor, channel: str, who: str = "ana") -> list[str]:
    """Every message about a follow-up in a channel."""
    return [
        m.visible_text
        for m in floor.sandbox.person(who).sees(channel)
        if "Follow-up" in m.visible_text and not m.ephemeral
    ]


def direct_messages(floor: TestFloor, who: str) -> list[str]:
    """Every direct message to a person about a follow-up, as it reads now."""
    messages = floor.sandbox.person(who).direct_messages()
    return [message.visible_text for message in messages if "*Follow-up" in message.visible_text]


def happened(floor: TestFloor) -> list[str]:
    """The kinds of timeline entries about follow-ups, in order."""
    kinds = [row["kind"] for row in rows(floor, "timeline_entries")]
    return [kind for kind in kinds if kind.startswith("followup")]


def is_shown(floor: TestFloor, channel: str, words: str) -> None:
    """Wait until the newest message about a follow-up contains the text; Slack may ask the bot to wait a second."""
    _wait(floor, lambda: channel_messages(floor, channel), words)


def is_told(floor: TestFloor, who: str, words: str) -> None:
    """Wait until the newest direct message about a follow-up contains the text."""
    _wait(floor, lambda: direct_messages(floor, who), words)


def _wait(floor: TestFloor, look: Callable[[], list[str]], words: str) -> None:
    assert floor.sandbox.wait_for(lambda: words in (look() or [""])[-1]), (words, look())
    floor.settle()
