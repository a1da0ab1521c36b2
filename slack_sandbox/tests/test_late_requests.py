"""Requests that Slack accepts now and carries out later, even if the client is gone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox import Sandbox

from .test_control import Remote


def texts(sandbox: Sandbox) -> list[str]:
    return [message.text for message in sandbox.person("ana").sees("incidents")]


def is_there(client: WebClient, name: str) -> bool:
    return name in [channel["name"] for channel in client.conversations_list()["channels"]]


def test_a_late_post_appears_only_when_the_test_carries_it_out(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "late")

    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="late")
    assert texts(sandbox) == []
    (call,) = sandbox.carry_out_late_requests("chat.postMessage")

    assert texts(sandbox) == ["late"]
    assert (call.answer["ok"], call.args["text"]) == (True, "late")
    assert sandbox.late_requests.calls == []


def test_a_late_post_appears_seconds_later_by_the_sandboxs_clock(
    sandbox: Sandbox, client: WebClient, incidents: str
):
    sandbox.fault("chat.postMessage", "late", seconds=3600)

    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="late")
    sandbox.clock_offset_s += 3500
    assert texts(sandbox) == []
    sandbox.clock_offset_s += 100

    assert texts(sandbox) == ["late"]


def test_a_late_post_also_appears_when_real_time_passes(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "late", seconds=0.1)

    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="late")

    sandbox.wait_for(lambda: texts(sandbox) == ["late"])


def test_a_late_post_appears_after_the_client_has_given_up(sandbox: Sandbox, incidents: str):
    sandbox.fault("chat.postMessage", "late", answer="wait")
    hasty = WebClient(sandbox.bot_token, base_url=f"{sandbox.url}/api/", timeout=1, retry_handlers=[])

    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=incidents, text="late")
    sandbox.quiet()
    sandbox.carry_out_late_requests()

    assert texts(sandbox) == ["late"]


def test_a_client_that_still_waits_gets_its_answer(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "late", answer="wait")
    with ThreadPoolExecutor() as pool:
        posted = pool.submit(client.chat_postMessage, channel=incidents, text="late")
        sandbox.wait_for(lambda: sandbox.late_requests.calls)
        assert not posted.done()
        sandbox.carry_out_late_requests()

        assert posted.result(10)["message"]["text"] == "late"


def test_a_gateway_can_answer_before_the_post_is_carried_out(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "late", answer="error")

    with pytest.raises(SlackApiError) as failed:
        client.chat_postMessage(channel=incidents, text="late")
    sandbox.carry_out_late_requests()

    assert failed.value.response.status_code == 504
    assert texts(sandbox) == ["late"]


@pytest.mark.parametrize(
    "after_call",
    [
        "conversations.history",
        ("conversations.replies", "conversations.history"),
        lambda call: call.args.get("channel") == "C0INCIDENTS",
    ],
)
def test_a_late_post_appears_just_after_somebody_looked_for_it(
    sandbox: Sandbox, client: WebClient, incidents: str, after_call: Any
):
    sandbox.fault("chat.postMessage", "late", after_call=after_call)

    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="late")
    client.auth_test()
    first, second = (client.conversations_history(channel=incidents)["messages"] for _ in range(2))

    assert [message["text"] for message in first] == []
    assert [message["text"] for message in second] == ["late"]


def test_a_late_creation_is_refused_if_the_name_was_taken_meanwhile(sandbox: Sandbox, client: WebClient):
    sandbox.fault("conversations.create", "late")

    with pytest.raises(OSError):
        client.conversations_create(name="inc-1")
    assert not is_there(client, "inc-1")
    client.conversations_create(name="inc-1")
    (call,) = sandbox.carry_out_late_requests()

    assert call.answer["error"] == "name_taken"


def add_bookmark(client: WebClient) -> Any:
    return client.bookmarks_add(channel_id="C0INCIDENTS", title="Runbook", type="link", link="https://example.com")


def bookmarks(client: WebClient) -> list[str]:
    return [bookmark["title"] for bookmark in client.bookmarks_list(channel_id="C0INCIDENTS")["bookmarks"]]


def test_a_bookmark_can_come_late(sandbox: Sandbox, client: WebClient):
    sandbox.fault("bookmarks.add", "late")

    with pytest.raises(OSError):
        add_bookmark(client)
    assert bookmarks(client) == []
    sandbox.carry_out_late_requests()

    assert bookmarks(client) == ["Runbook"]


@pytest.mark.parametrize("step", ["upload", "files.completeUploadExternal"])
def test_a_file_can_come_late(sandbox: Sandbox, client: WebClient, incidents: str, step: str):
    sandbox.fault(step, "late")

    with pytest.raises((OSError, SlackApiError)):
        client.files_upload_v2(channel=incidents, filename="a.md", content="# A")
    (call,) = sandbox.carry_out_late_requests()

    (file,) = sandbox.workspace.files.values()
    assert call.answer["ok"]
    assert (file.content, file.complete) == (b"# A", step != "upload")


def test_late_requests_are_forgotten_on_the_first_day(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "late", seconds=1)
    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="late")

    sandbox.reset()

    assert sandbox.carry_out_late_requests() == []


def test_late_requests_are_ordered_and_inspected_over_http(sandbox: Sandbox, client: WebClient, incidents: str):
    remote = Remote(sandbox.url)
    remote.does("fault", method="chat.postMessage", kind="late")
    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="late")

    (pending,) = remote.looks("late_requests")
    (carried_out,) = remote.does("carry_out_late_requests")

    assert (pending["answer"], carried_out["answer"]["ok"]) == ({}, True)
    assert texts(sandbox) == ["late"]


@pytest.mark.parametrize("detail", [{"after_calls": "auth.test"}, {"answer": "never"}])
def test_a_late_fault_that_makes_no_sense_is_refused_at_once(sandbox: Sandbox, detail: dict[str, Any]):
    with pytest.raises(ValueError, match="only:"):
        sandbox.fault("auth.test", "late", **detail)


def test_a_malformed_late_request_is_a_refusal(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "late")
    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="x", blocks=[{"type": "unknown"}])

    sandbox.carry_out_late_requests()

    assert [call.method for call in sandbox.refusals] == ["chat.postMessage"]
