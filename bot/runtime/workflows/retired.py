"""Workflows of earlier versions. What they would still do is in tables now: one that was left behind just ends."""

from typing import Any

NAMES = ("send_update", "amend")


def end(key: str, request: dict[str, Any], attempt: int) -> None:
    """Nothing is left to do."""
