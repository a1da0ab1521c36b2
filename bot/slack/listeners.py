"""Which listener hears of a click or a form: found by its id, instead of asking one listener after another."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct, field
from slack_bolt import Ack

Payload = Mapping[str, Any]


class Listener(Protocol):
    """Called with an acknowledgement to be given, and what Slack sent."""

    def __call__(self, ack: Ack, body: Any) -> object:
        """Act, and acknowledge."""


# An id, or the pattern of many.
Named = str | re.Pattern[str]

ACTION, VIEW, SHORTCUT = "block_actions", "view_submission", "shortcut"
_SHORTCUTS = (SHORTCUT, "message_action")


class Listeners(Struct):
    """Listeners to one kind of request; of two for one id the first counts, and an id goes before a pattern."""

    by_id: dict[str, Listener] = field(default_factory=dict)
    by_pattern: list[tuple[re.Pattern[str], Listener]] = field(default_factory=list)

    def add(self, named: Named, listener: Listener) -> None:
        """Let it hear."""
        if isinstance(named, str):
            self.by_id.setdefault(named, listener)
        else:
            self.by_pattern.append((named, listener))

    def find(self, called: str) -> Listener | None:
        """Who hears of this id."""
        return self.by_id.get(called) or next(
            (listener for pattern, listener in self.by_pattern if pattern.search(called)), None
        )


def kind_and_id(body: Payload) -> tuple[str, str]:
    """What kind of request it is, and which id it names; both empty for what is found otherwise."""
    kind = body.get("type", "")
    if kind == ACTION and body.get("actions"):
        return ACTION, str(body["actions"][0].get("action_id", ""))
    if kind == VIEW and body.get("view"):
        return VIEW, str(body["view"].get("callback_id", ""))
    if kind in _SHORTCUTS:
        return SHORTCUT, str(body.get("callback_id", ""))
    return "", ""
