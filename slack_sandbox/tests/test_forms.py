"""How arguments may arrive: as forms everywhere, as JSON only where Slack documents it."""

import json

import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import refusal, section

TO_INCIDENTS = {"channel": "C0INCIDENTS"}


@pytest.mark.parametrize(
    ("method", "args"),
    [("users.info", {"user": "U0ANA"}), ("conversations.history", TO_INCIDENTS), ("dnd.info", {"user": "U0ANA"})],
)
def test_a_method_that_reads_ignores_a_json_body(client: WebClient, method: str, args: dict[str, str]):
    assert client.api_call(method, params=args)["ok"]
    if method == "dnd.info":
        assert client.api_call(method, json=args)["ok"]  # about the bot itself
    else:
        assert refusal(client.api_call, api_method=method, json=args) == "invalid_arguments"


def test_a_limit_in_a_json_body_is_ignored(client: WebClient):
    assert len(client.api_call("users.list", params={"limit": 1})["members"]) == 1
    assert len(client.api_call("users.list", json={"limit": 1})["members"]) > 1


def test_a_method_that_writes_reads_json_and_forms(client: WebClient, sandbox: Sandbox):
    blocks = [section("Hello")]
    as_json = client.api_call("chat.postMessage", json=TO_INCIDENTS | {"blocks": blocks})
    as_form = client.api_call("chat.postMessage", params=TO_INCIDENTS | {"blocks": json.dumps(blocks)})

    assert as_json["message"]["blocks"][0]["text"] == as_form["message"]["blocks"][0]["text"]
    assert [call.args["blocks"] for call in sandbox.calls_of("chat.postMessage")] == [blocks, blocks]


def test_a_form_may_come_in_parts_and_carry_the_token(sandbox: Sandbox):
    client = WebClient(base_url=f"{sandbox.url}/api/", retry_handlers=[])
    fields = TO_INCIDENTS | {"token": sandbox.bot_token, "text": "Grüße"}

    assert client.api_call("chat.postMessage", params=fields)["ok"]
    in_parts = client.api_call("chat.postMessage", data=fields, files={"file": b""})
    assert in_parts["message"]["text"] == "Grüße"


def test_a_token_in_the_address_is_no_token(sandbox: Sandbox):
    client = WebClient(base_url=f"{sandbox.url}/api/", retry_handlers=[])
    assert refusal(client.api_call, api_method=f"auth.test?token={sandbox.bot_token}") == "not_authed"
