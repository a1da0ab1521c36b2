"""Slack's refusals and unexpected answers that a stand-in easily misses."""

import http.client
import json
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import Json, actions, button, modal, refusal, section, text_input


def cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def table(*texts: str) -> Json:
    return {"type": "table", "rows": [[cell(text)] for text in texts]}


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([section("x" * 2640)] * 5, None),
        ([section("x" * 2641)] * 5, "msg_blocks_too_long"),
        ([table("a"), table("b")], "invalid_blocks"),
        ([table(*["x" * 2500] * 5)], "invalid_blocks"),
        ([actions(button("go", url="javascript:alert(1)"))], "invalid_blocks"),
        ([actions(button("go", url="https://example.com"))], None),
        ([actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-31"})], "invalid_blocks"),
        ([actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-28"})], None),
    ],
)
def test_a_message_is_refused_as_slack_refuses_it(
    client: WebClient, incidents: str, blocks: Any, error: str | None
):
    if error:
        assert refusal(client.chat_postMessage, channel=incidents, text="x", blocks=blocks) == error
    else:
        client.chat_postMessage(channel=incidents, text="x", blocks=blocks)


@pytest.mark.parametrize(
    "limits", [{"min_length": 5, "max_length": 4}, {"max_length": 3, "initial_value": "longer"}]
)
def test_lengths_of_an_input_must_agree(client: WebClient, limits: Json):
    field = text_input("why")
    field["element"] |= limits
    view = modal(field)
    assert refusal(client.views_open, trigger_id="1", view=view) == "invalid_arguments"


def test_an_update_with_text_alone_removes_the_blocks(client: WebClient, sandbox: Sandbox, incidents: str):
    ts = client.chat_postMessage(channel=incidents, text="x", blocks=[section("as blocks")])["ts"]

    client.chat_update(channel=incidents, ts=ts, text="as text")

    assert sandbox.person("ana").sees("incidents")[-1].blocks == []


def test_a_message_in_an_archived_channel_cannot_be_edited(client: WebClient, sandbox: Sandbox):
    channel = client.conversations_create(name="frozen")["channel"]["id"]
    ts = client.chat_postMessage(channel=channel, text="x")["ts"]
    client.conversations_archive(channel=channel)

    assert refusal(client.chat_update, channel=channel, ts=ts, text="y") == "is_inactive"


def test_a_topic_may_be_empty_but_not_missing(client: WebClient, incidents: str):
    client.conversations_setTopic(channel=incidents, topic="")
    missing = refusal(client.api_call, api_method="conversations.setTopic", params={"channel": incidents})
    assert missing == "invalid_arguments"


def test_several_people_share_one_conversation(client: WebClient):
    first = client.conversations_open(users="U0ANA,U0BEN")["channel"]["id"]

    assert client.conversations_open(users="U0BEN,U0ANA")["channel"]["id"] == first
    assert client.conversations_info(channel=first)["channel"]["is_mpim"]


def test_metadata_may_hold_entities(client: WebClient, incidents: str):
    metadata = {"entities": [{"entity_type": "slack#/entities/incident", "external_ref": {"id": "7"}}]}
    params = {"channel": incidents, "text": "x", "metadata": json.dumps(metadata)}
    assert client.api_call("chat.postMessage", params=params)["ok"]


def test_a_file_appears_after_the_answer_under_the_kind_of_its_conversation(client: WebClient, sandbox: Sandbox):
    sandbox.files_shared_after_s = 0.2
    direct = client.conversations_open(users="U0ANA")["channel"]["id"]
    target = client.files_getUploadURLExternal(filename="a.md", length=1)
    address = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    address.request("POST", target["upload_url"].removeprefix(sandbox.url), b"x")
    assert address.getresponse().status == 200

    client.files_completeUploadExternal(files=[{"id": target["file_id"], "title": "a"}], channel_id=direct)

    assert client.files_info(file=target["file_id"])["file"]["ims"] == []
    sandbox.wait_until_idle()
    assert client.files_info(file=target["file_id"])["file"]["ims"] == [direct]


def test_views_name_the_bot(client: WebClient, sandbox: Sandbox):
    view = client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [section("x")]})["view"]
    assert view["bot_id"].startswith("B")


@pytest.mark.parametrize(
    ("content_type", "body", "warning"),
    [
        ("application/json", "{}", "missing_charset"),
        ("application/json; charset=utf-8", "{}", None),
        ("application/x-www-form-urlencoded; charset=utf-8", "", "superfluous_charset"),
        ("application/x-www-form-urlencoded", "", None),
    ],
)
def test_slack_warns_of_the_character_set(sandbox: Sandbox, content_type: str, body: str, warning: str | None):
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    headers = {"content-type": content_type, "authorization": f"Bearer {sandbox.bot_token}"}
    connection.request("POST", "/api/auth.test", body, headers)
    answer = json.load(connection.getresponse())

    assert answer.get("warning") == warning


def test_arguments_are_recorded_as_they_were_sent(client: WebClient, sandbox: Sandbox, incidents: str):
    client.chat_postMessage(channel=incidents, text="x", blocks=[section("x")])
    assert "block_id" not in sandbox.calls_of("chat.postMessage")[-1].args["blocks"][0]
