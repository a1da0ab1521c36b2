"""The form in which a call's arguments reach Slack."""

import json

import pytest

from bot.slack.calls import body


def test_arguments_are_form_fields_and_nested_ones_json_in_a_field() -> None:
    blocks = [{"type": "divider"}]
    fields = body(
        "conversations.list", {"channel": "C1", "limit": 200, "blocks": blocks, "cursor": None, "force": True}
    )

    assert fields == {
        "params": {
            "channel": "C1",
            "limit": 200,
            "blocks": json.dumps(blocks, separators=(",", ":")),
            "force": True,
        }
    }


def test_messages_and_views_are_json_with_their_structure() -> None:
    blocks = [{"type": "divider"}]
    assert body("chat.update", {"channel": "C1", "blocks": blocks, "thread_ts": None}) == {
        "json": {"channel": "C1", "blocks": blocks}
    }


@pytest.mark.parametrize("method", ["chat.postMessage", "files.completeUploadExternal"])
def test_an_unpaired_surrogate_does_not_keep_a_message_back(method: str) -> None:
    carried = body(method, {"text": "down \ud83d", "blocks": [{"text": "\ud83d é"}], "is_new": True})
    sent = carried.get("json") or carried["params"]
    assert sent["text"] == "down ?"
    assert "ud83d" not in json.dumps(sent["blocks"])
    assert sent["is_new"] is True
