"""How a call's arguments reach Slack."""

import json

from bot.slack.calls import form


def test_arguments_are_form_fields_and_nested_ones_json_in_a_field() -> None:
    blocks = [{"type": "divider"}]
    fields = form({"channel": "C1", "limit": 200, "blocks": blocks, "cursor": None, "force": True})

    assert fields == {
        "channel": "C1",
        "limit": 200,
        "blocks": json.dumps(blocks, separators=(",", ":")),
        "force": True,
    }


def test_half_a_character_does_not_keep_a_message_back() -> None:
    assert form({"text": "down \ud83d"}) == {"text": "down ?"}
    assert "\ud83d" not in form({"blocks": [{"text": "\ud83d"}]})["blocks"]
