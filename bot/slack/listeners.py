"""Finds the listener for a click or a form by its id, instead of asking one listener after another."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct, field
from slack_bolt import Ack

Payload = Mapping[str, Any]


class Listener(Protocol):
    """A function of the acknowledgement to be given and the body that Slack sent."""

    def __call__(self, ack: Ack, body: Any) -> object:
        """Act, and acknowledge."""


# An id, or a pattern of many ids.
IdOrPattern = str | re.Pattern[str]

ACTION, VIEW, SHORTCUT = "block_actions", "view_submission", "shortcut"
_SHORTCUTS = (SHORTCUT, "message_action")


class Listeners(Struct):
    """Listeners for one kind of request; the first for an id counts, and an id takes precedence over a pattern."""

    by_id: dict[str, Listener] = field(default_factory=dict)
    by_pattern: list[tuple[re.Pattern[str], Listener]] = field(default_factory=list)

    def add(self, id_or_pattern: IdOrPattern, listener: Listener) -> None:
        if isinstance(id_or_pattern, str):
            self.by_id.setdefault(id_or_pattern, listener)
        else:
            self.by_pattern.append((id_or_pattern, listener))

    def find(self, called: str) -> Listener | None:
        """The listener for this id, if there is one."""
        return self.by_id.get(called) or next(
            (listener for pattern, listener in self.by_pattern if pattern.search(called)), None
        )


def kind_and_id(body: Payload) -> tuple[str, str]:
    """The kind of a request, and the id that it names; both empty for requests that are found otherwise."""
    kind = body.get("type", "")
    if kind == ACTION and body.get("actions"):
        return ACTION, str(body["actions"][0].get("action_id", ""))
    if kind == VIEW and body.get("view"):
        return VIEW, str(body["view"].get("callback_id", ""))
    if kind in _SHORTCUTS:
        return SHORTCUT, str(body.get("callback_id", ""))
    return "", ""
