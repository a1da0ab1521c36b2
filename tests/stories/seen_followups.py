"""What people see of follow-ups, and what is on record of them."""

from collections.abc import Callable
from typing import Any

from tests.floor import TestFloor
from tests.stories.record import rows


def follow_ups(floor: TestFloor) -> list[dict[str, Any]]:
    """Every follow-up as the database holds it."""
    return rows(floor, "follow_ups")


def shown(floor: TestFloor, channel: str, who: str = "ana") -> list[str]:
    """Every message about a follow-up in a channel."""
    return [m.words for m in floor.sandbox.person(who).sees(channel) if "Follow-up" in m.words and not m.ephemeral]


def told(floor: TestFloor, who: str) -> list[str]:
    """Every direct message about a follow-up that somebody has, as it reads now."""
    seen = floor.sandbox.person(who).direct_messages()
    return [message.words for message in seen if "*Follow-up" in message.words]


def happened(floor: TestFloor) -> list[str]:
    """What the timelines tell of follow-ups, in order."""
    kinds = [row["kind"] for row in rows(floor, "timeline_entries")]
    return [kind for kind in kinds if kind.startswith("followup")]


def is_shown(floor: TestFloor, channel: str, words: str) -> None:
    """Wait until the newest message about a follow-up says so; Slack may ask the bot to wait a second."""
    _wait(floor, lambda: shown(floor, channel), words)


def is_told(floor: TestFloor, who: str, words: str) -> None:
    """Wait until the newest direct message about a follow-up says so."""
    _wait(floor, lambda: told(floor, who), words)


def _wait(floor: TestFloor, look: Callable[[], list[str]], words: str) -> None:
    assert floor.sandbox.wait_for(lambda: words in (look() or [""])[-1]), (words, look())
    floor.settle()
