import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import refusal


@pytest.fixture
def ts(client: WebClient, incidents: str) -> str:
    return str(client.chat_postMessage(channel=incidents, text="card")["ts"])


def test_one_person_reacts_once_with_an_emoji(sandbox: Sandbox, client: WebClient, incidents: str, ts: str):
    place = {"channel": incidents, "timestamp": ts}
    client.reactions_add(name="eyes", **place)
    sandbox.person("ana").reacts("eyes", "incidents", ts)

    assert refusal(client.reactions_add, name="eyes", **place) == "already_reacted"
    (reaction,) = client.reactions_get(**place)["message"]["reactions"]
    assert (reaction["name"], reaction["count"]) == ("eyes", 2)

    client.reactions_remove(name="eyes", **place)
    assert refusal(client.reactions_remove, name="eyes", **place) == "no_reaction"
    sandbox.person("ana").unreacts("eyes", "incidents", ts)
    assert client.reactions_get(**place)["message"]["reactions"] == []


def test_an_emoji_has_a_name(client: WebClient, incidents: str, ts: str):
    assert refusal(client.reactions_add, name="not an emoji", channel=incidents, timestamp=ts) == "invalid_name"


def test_a_message_is_pinned_once(client: WebClient, incidents: str, ts: str):
    client.pins_add(channel=incidents, timestamp=ts)

    assert refusal(client.pins_add, channel=incidents, timestamp=ts) == "already_pinned"
    assert [p["message"]["ts"] for p in client.pins_list(channel=incidents)["items"]] == [ts]
    client.pins_remove(channel=incidents, timestamp=ts)
    assert refusal(client.pins_remove, channel=incidents, timestamp=ts) == "no_pin"


def test_a_channel_has_at_most_a_hundred_pins(client: WebClient, incidents: str):
    for _ in range(100):
        ts = client.chat_postMessage(channel=incidents, text="x")["ts"]
        client.pins_add(channel=incidents, timestamp=ts)
    ts = client.chat_postMessage(channel=incidents, text="one too many")["ts"]

    assert refusal(client.pins_add, channel=incidents, timestamp=ts) == "too_many_pins"


def test_bookmarks_are_added_edited_and_removed(client: WebClient, incidents: str):
    link = {"channel_id": incidents, "title": "Card", "type": "link", "link": "https://a.example"}
    added = client.bookmarks_add(**link)["bookmark"]
    client.bookmarks_edit(bookmark_id=added["id"], channel_id=incidents, title="Status")

    assert [b["title"] for b in client.bookmarks_list(channel_id=incidents)["bookmarks"]] == ["Status"]
    client.bookmarks_remove(bookmark_id=added["id"], channel_id=incidents)
    assert client.bookmarks_list(channel_id=incidents)["bookmarks"] == []
    assert refusal(client.bookmarks_remove, bookmark_id=added["id"], channel_id=incidents) == "not_found"
    assert refusal(client.bookmarks_add, **(link | {"link": "nowhere"})) == "invalid_link"


def test_a_channel_has_one_canvas(sandbox: Sandbox, client: WebClient, incidents: str):
    text = {"type": "markdown", "markdown": "# Plan"}
    canvas = client.conversations_canvases_create(channel_id=incidents, document_content=text)["canvas_id"]
    added = {"operation": "insert_at_end", "document_content": {"type": "markdown", "markdown": "\nmore"}}
    client.canvases_edit(canvas_id=canvas, changes=[added])

    assert sandbox.workspace.canvases[canvas]["markdown"] == "# Plan\nmore"
    again = refusal(client.conversations_canvases_create, channel_id=incidents, document_content=text)
    assert again == "channel_canvas_already_exists"
    sandbox.workspace.is_free = True
    again = refusal(client.conversations_canvases_create, channel_id=incidents, document_content=text)
    assert again == "team_tier_cannot_create_channel_canvases"
    sandbox.workspace.is_free = False
    error = refusal(client.conversations_canvases_create, channel_id="C0GENERAL", document_content=text)
    assert error == "not_in_channel"
    assert refusal(client.canvases_edit, canvas_id="F0NONE", changes=[added]) == "canvas_not_found"
    assert client.canvases_create(title="Alone")["canvas_id"] != canvas
    client.canvases_delete(canvas_id=canvas)
    assert refusal(client.canvases_delete, canvas_id=canvas) == "canvas_not_found"


def test_a_channel_names_its_canvas_and_a_canvas_its_author(sandbox: Sandbox, client: WebClient, incidents: str):
    assert "properties" not in client.conversations_info(channel=incidents)["channel"]
    canvas = sandbox.person("ana").writes_canvas("incidents", "# Notes")

    canvas_facts = client.conversations_info(channel=incidents)["channel"]["properties"]["canvas"]
    assert canvas_facts == {"file_id": canvas, "is_empty": False}
    file = client.files_info(file=canvas)["file"]
    assert (file["user"], file["filetype"], file["mode"]) == ("U0ANA", "quip", "quip")


def test_a_canvas_change_needs_a_valid_operation_and_content(sandbox: Sandbox, client: WebClient, incidents: str):
    canvas = sandbox.person("ana").writes_canvas("incidents", "# Notes")
    content = {"type": "markdown", "markdown": "# Plan"}
    for incomplete in (
        {"operation": "replace"},
        {"operation": "insert_after", "document_content": content},
        {"operation": "delete"},
        {"operation": "rename", "document_content": content},
        {"operation": "overwrite", "document_content": content},
    ):
        error = refusal(client.canvases_edit, canvas_id=canvas, changes=[incomplete])
        assert error == "invalid_arguments", incomplete
    whole = {"operation": "replace", "document_content": content}
    assert refusal(client.canvases_edit, canvas_id=canvas, changes=[whole, whole]) == "invalid_arguments"
    client.canvases_edit(canvas_id=canvas, changes=[whole])
    assert sandbox.workspace.canvases[canvas]["markdown"] == "# Plan"

    client.conversations_archive(channel=incidents)
    assert refusal(client.canvases_edit, canvas_id=canvas, changes=[whole]) == "restricted_action"
    alone = client.canvases_create(title="Alone")["canvas_id"]
    sandbox.workspace.is_free = True
    error = refusal(client.canvases_edit, canvas_id=alone, changes=[whole])
    assert error == "free_teams_cannot_edit_standalone_canvases"
