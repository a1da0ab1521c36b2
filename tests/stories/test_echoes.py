"""Of what the bot posts and edits itself Slack tells it, too: nothing follows, and nobody waits behind it."""

from typing import Any

import pytest

from bot.incidents.registry import Registry
from tests.floor import TestFloor


@pytest.mark.both_ways
def test_its_own_posts_and_edits_come_back_and_are_acknowledged_without_being_recorded(floor: TestFloor) -> None:
    recorded: list[dict[str, Any]] = []
    registry: Registry = floor.services.get(Registry)
    registry.slack_events["message"].append(lambda services, event: recorded.append(event))
    channel = floor.declares()

    floor.says("ana", "/incident claim commander", channel)
    floor.ana.says("calls fail", channel=channel)
    floor.settle()

    # Joins, topics and the like are of another kind.
    said = [event for event in recorded if event.get("subtype") in (None, "bot_message", "message_changed")]
    assert [event["text"] for event in said] == ["calls fail"]
    events = [envelope for envelope in floor.sandbox.envelopes if envelope.kind == "events_api"]
    edits = [e for e in events if e.payload["event"].get("subtype") == "message_changed"]
    assert edits
    assert all(envelope.acknowledged for envelope in events)
