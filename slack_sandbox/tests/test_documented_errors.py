"""Errors have the names given in Slack's documentation."""

import http.client
import json
from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import refusal

BOOKMARK = {"channel_id": "C0INCIDENTS", "title": "Runbook", "type": "link", "link": "https://example.com/a"}


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"type": "folder"}, "invalid_bookmark_type"),
        ({"link": "slack://open"}, "invalid_link"),
        ({"link": "https://"}, "invalid_link"),
        ({"emoji": "books"}, "invalid_emoji"),
        ({"emoji": "📚"}, "invalid_emoji"),
    ],
)
def test_a_bookmark_is_a_link_with_an_emoji_by_name(client: WebClient, changed: dict[str, str], error: str):
    assert refusal(client.bookmarks_add, **BOOKMARK | changed) == error
    client.bookmarks_add(**BOOKMARK | {"emoji": ":books:"})


@pytest.mark.parametrize("method", ["pins.add", "pins.remove", "reactions.add", "reactions.get"])
@pytest.mark.parametrize(
    ("timestamp", "error"),
    [(None, "no_item_specified"), ("yesterday", "bad_timestamp"), ("1700000000.000001", "message_not_found")],
)
def test_an_item_is_a_message_by_its_time(client: WebClient, method: str, timestamp: str | None, error: str):
    args = {"channel": "C0INCIDENTS", "name": "eyes", "timestamp": timestamp}
    assert refusal(client.api_call, api_method=method, params=args) == error


@pytest.mark.parametrize(
    ("users", "error"), [("", "users_list_not_supplied"), ("U1,U2,U3,U4,U5,U6,U7,U8,U9", "too_many_users")]
)
def test_a_conversation_is_opened_with_one_to_eight_people(client: WebClient, users: str, error: str):
    assert refusal(client.conversations_open, users=users) == error


@pytest.mark.parametrize("method", ["users.list", "conversations.list", "conversations.history"])
def test_a_page_has_at_most_a_thousand_items(client: WebClient, method: str):
    def call(limit: int) -> Any:
        return client.api_call(method, params={"channel": "C0INCIDENTS", "limit": limit})

    assert call(1000)["ok"]
    assert refusal(call, limit=1001) == "invalid_limit"


def test_an_empty_file_has_no_length(client: WebClient):
    assert refusal(client.files_getUploadURLExternal, filename="a.md", length=0) == "missing_argument"


def test_a_token_in_a_json_body_is_no_token(sandbox: Sandbox):
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    body = json.dumps({"token": sandbox.bot_token})
    connection.request("POST", "/api/auth.test", body, {"content-type": "application/json"})

    assert json.load(connection.getresponse())["error"] == "not_authed"
