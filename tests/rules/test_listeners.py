"""The listener that a click or a form reaches."""

import re
from typing import Any

import pytest
from slack_bolt import Ack

from bot.slack.listeners import ACTION, SHORTCUT, VIEW, Listeners, kind_and_id


def first(ack: Ack, body: Any) -> None:
    """One listener."""


def second(ack: Ack, body: Any) -> None:
    """Another listener."""


def test_an_id_takes_precedence_over_a_pattern_and_the_first_of_two_listeners_counts() -> None:
    listeners = Listeners()
    listeners.add(re.compile(r"^join(\.|$)"), second)
    listeners.add("join.now", first)
    listeners.add("join.now", second)

    assert listeners.find("join.now") is first
    assert listeners.find("join.7") is second
    assert listeners.find("rejoin") is None


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"type": "block_actions", "actions": [{"action_id": "step.done"}]}, (ACTION, "step.done")),
        ({"type": "view_submission", "view": {"callback_id": "declare"}}, (VIEW, "declare")),
        ({"type": "shortcut", "callback_id": "declare"}, (SHORTCUT, "declare")),
        ({"type": "message_action", "callback_id": "mark"}, (SHORTCUT, "mark")),
        ({"type": "block_actions", "actions": []}, ("", "")),
        ({"command": "/incident"}, ("", "")),
    ],
)
def test_a_request_names_its_listener(body: dict[str, Any], found: tuple[str, str]) -> None:
    assert kind_and_id(body) == found
