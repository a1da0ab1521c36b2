"""Slack also reports the bot's own posts and edits: they have no effect and delay nobody."""

from typing import Any

import pytest

from bot.incidents.registry import Registry
from tests.floor import TestFloor


@pytest.mark.both_ways
def test_echoes_of_the_bots_own_posts_and_edits_are_acknowledged_without_being_recorded(floor: TestFloor) -> None:
    recorded: list[dict[str, Any]] = []
    registry: Registry = floor.services.get(Registry)
    registry.slack_events["message"].append(lambda services, event: recorded.append(event))
    channel = floor.declares()

    floor.says("ana", "/incident claim commander", channel)
    floor.ana.says("calls fail", channel=channel)
    floor.settle()

    # Joins, topics and the like have other subtypes.
    message_events = [
        event for event in recorded if event.get("subtype") in (None, "bot_message", "message_changed")
    ]
    assert [event["text"] for event in message_events] == ["calls fail"]
    events = [envelope for envelope in floor.sandbox.envelopes if envelope.kind == "events_api"]
    edits = [e for e in events if e.payload["event"].get("subtype") == "message_changed"]
    assert edits
    assert all(envelope.acknowledged for envelope in events)
