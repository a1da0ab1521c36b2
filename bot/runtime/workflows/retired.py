"""Workflows of earlier versions. What they would still do is in tables now: one that was left behind just ends."""

from typing import Any

NAMES = ("join", "bring_in", "tell_partner", "send_picture", "deliver_postmortem", "ring")


def end(key: str, request: dict[str, Any], attempt: int) -> None:
    """Nothing is left to do."""
