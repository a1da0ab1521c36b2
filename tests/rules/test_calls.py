"""How a call's arguments reach Slack."""

import json
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.calls import form
from bot.slack.http import form_body


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


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=40) | st.integers(), max_size=4))
def test_a_form_is_sent_as_every_other_client_sends_it(fields: dict[str, str | int]) -> None:
    assert form_body(fields) == urlencode(fields).encode()


def test_true_and_false_are_sent_as_one_and_zero() -> None:
    assert form_body({"force": True, "mrkdwn": False}) == b"force=1&mrkdwn=0"
