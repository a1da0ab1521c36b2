"""Refusals: Web API errors, and actions that are impossible for a person."""

from typing import Any


class Refused(Exception):
    """A call to which the Web API answers `ok: false` with this error."""

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields


class NothingToClick(LookupError):
    """The person sees no such element: the message or view does not exist or is not theirs."""


class NotVisible(LookupError):
    """The person cannot see that conversation."""


def invalid_arguments(*messages: str) -> Refused:
    """Slack's answer to a malformed request, with its reasons."""
    return Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})
