import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import actions, button, refusal, section


def test_a_posted_message_is_seen_by_members(sandbox: Sandbox, client: WebClient, incidents: str):
    client.chat_postMessage(channel=incidents, text="fallback", blocks=[section("*IVR* down")])

    message = sandbox.person("ana").sees("incidents")[-1]
    assert (message.text, message.visible_text) == ("fallback", "*IVR* down")
    assert message.user == sandbox.workspace.bot.id


def test_message_times_are_unique_and_increase(client: WebClient, incidents: str):
    times = [client.chat_postMessage(channel=incidents, text=str(n))["ts"] for n in range(5)]

    assert times == sorted(set(times), key=float)


def test_a_persons_id_stands_for_their_direct_message(sandbox: Sandbox, client: WebClient):
    channel = client.chat_postMessage(channel="U0ANA", text="for you")["channel"]

    assert channel.startswith("D")
    assert [m.text for m in sandbox.person("ana").direct_messages()] == ["for you"]
    assert sandbox.person("ben").direct_messages() == []


def test_text_of_more_than_forty_thousand_characters_is_cut(client: WebClient, incidents: str):
    message = client.chat_postMessage(channel=incidents, text="x" * 40_001)["message"]

    assert len(message["text"]) == 40_000


def test_an_update_takes_at_most_four_thousand_characters(client: WebClient, incidents: str):
    ts = client.chat_postMessage(channel=incidents, text="short")["ts"]

    assert refusal(client.chat_update, channel=incidents, ts=ts, text="x" * 4001) == "msg_too_long"
    assert client.chat_update(channel=incidents, ts=ts, text="x" * 4000)["ok"]


@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")  # what the second update is about
def test_an_update_changes_only_given_fields_and_marks_the_message_as_edited(
    sandbox: Sandbox, client: WebClient, incidents: str
):
    ts = client.chat_postMessage(channel=incidents, text="old", blocks=[section("old")])["ts"]

    client.chat_update(channel=incidents, ts=ts, text="new")
    (message,) = [m for m in sandbox.person("ana").sees("incidents") if m.ts == ts]
    assert (message.text, message.visible_text) == ("new", "new")
    assert message.edited is not None

    client.chat_update(channel=incidents, ts=ts, blocks=[section("newer")])
    assert (message.text, message.visible_text) == ("new", "newer")


def test_an_empty_message_is_refused(client: WebClient, incidents: str):
    assert (
        refusal(client.api_call, api_method="chat.postMessage", json={"channel": incidents, "text": " "})
        == "no_text"
    )


def test_the_bot_changes_only_its_own_messages(sandbox: Sandbox, client: WebClient, incidents: str):
    ts = sandbox.person("ana").says("mine", "incidents").ts

    assert refusal(client.chat_update, channel=incidents, ts=ts, text="x") == "cant_update_message"
    assert refusal(client.chat_delete, channel=incidents, ts=ts) == "cant_delete_message"
    assert refusal(client.chat_update, channel=incidents, ts="1.0", text="x") == "message_not_found"
    assert refusal(client.chat_delete, channel=incidents, ts="1.0") == "message_not_found"


def test_an_ephemeral_is_seen_by_one_person_and_is_in_no_history(
    sandbox: Sandbox, client: WebClient, incidents: str
):
    client.chat_postEphemeral(channel=incidents, user="U0ANA", text="psst")

    assert [m.text for m in sandbox.person("ana").sees("incidents") if m.ephemeral] == ["psst"]
    assert sandbox.person("ben").sees("incidents") == []
    assert client.conversations_history(channel=incidents)["messages"] == []
    sandbox.person("ana").away = True
    assert client.chat_postEphemeral(channel=incidents, user="U0ANA", text="nobody is there")["ok"]
    assert [m.text for m in sandbox.person("ana").sees("incidents") if m.ephemeral] == ["psst"]


def test_an_ephemeral_needs_its_person_in_the_channel(client: WebClient, incidents: str):
    error = refusal(client.chat_postEphemeral, channel=incidents, user="U0GUS", text="psst")
    assert error == "user_not_in_channel"


def test_replies_are_in_their_thread_and_not_in_the_channel(client: WebClient, incidents: str):
    parent = client.chat_postMessage(channel=incidents, text="parent")["ts"]
    client.chat_postMessage(channel=incidents, text="reply", thread_ts=parent)
    client.chat_postMessage(channel=incidents, text="shouted", thread_ts=parent, reply_broadcast=True)

    history = client.conversations_history(channel=incidents)["messages"]
    assert [m["text"] for m in history] == ["shouted", "parent"]
    assert history[1]["reply_count"] == 2
    replies = client.conversations_replies(channel=incidents, ts=parent)["messages"]
    assert [m["text"] for m in replies] == ["parent", "reply", "shouted"]
    assert refusal(client.conversations_replies, channel=incidents, ts="1.0") == "thread_not_found"


def test_history_is_cut_by_time_and_paged(client: WebClient, incidents: str):
    times = [client.chat_postMessage(channel=incidents, text=str(n))["ts"] for n in range(5)]

    def texts(**window: object) -> list[str]:
        answer = client.conversations_history(channel=incidents, **window)
        return [m["text"] for m in answer["messages"]]

    assert texts(oldest=times[1], latest=times[3]) == ["2"]
    assert texts(oldest=times[1], latest=times[3], inclusive=True) == ["3", "2", "1"]
    page = client.conversations_history(channel=incidents, limit=2)
    assert page["has_more"] is True
    assert texts(limit=2, cursor=page["response_metadata"]["next_cursor"]) == ["2", "1"]


def test_metadata_comes_back_only_when_asked_for(client: WebClient, incidents: str):
    metadata = {"event_type": "incident_effect", "event_payload": {"k": "card:1"}}
    client.chat_postMessage(channel=incidents, text="card", metadata=metadata)

    (bare,) = client.conversations_history(channel=incidents)["messages"]
    (full,) = client.conversations_history(channel=incidents, include_all_metadata=True)["messages"]
    assert "metadata" not in bare
    assert full["metadata"] == metadata


def test_metadata_needs_a_type_and_a_payload(client: WebClient, incidents: str):
    assert (
        refusal(client.chat_postMessage, channel=incidents, text="x", metadata={"event_type": "a"})
        == "invalid_metadata_format"
    )


def test_a_permalink_leads_to_the_message(client: WebClient, incidents: str):
    ts = client.chat_postMessage(channel=incidents, text="here")["ts"]

    link = client.chat_getPermalink(channel=incidents, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{incidents}/p{ts.replace('.', '')}")
    assert refusal(client.chat_getPermalink, channel=incidents, message_ts="1.0") == "message_not_found"


def test_a_scheduled_message_appears_when_its_time_comes(sandbox: Sandbox, client: WebClient, incidents: str):
    at = int(sandbox.clock.now()) + 3600
    client.chat_scheduleMessage(channel=incidents, text="later", post_at=at)
    assert sandbox.person("ana").sees("incidents") == []

    sandbox.clock_offset_s += 3700

    sandbox.wait_for(lambda: sandbox.person("ana").sees("incidents"))
    assert sandbox.person("ana").sees("incidents")[0].text == "later"


def test_scheduling_has_slacks_limits(sandbox: Sandbox, client: WebClient, incidents: str):
    now = int(sandbox.clock.now())

    def refusal_at(at: int) -> str:
        return refusal(client.chat_scheduleMessage, channel=incidents, text="x", post_at=at)

    assert refusal_at(now - 60) == "time_in_past"
    assert refusal_at(now + 121 * 86_400) == "time_too_far"
    window = (now // 300 + 2) * 300
    for second in range(30):
        client.chat_scheduleMessage(channel=incidents, text="x", post_at=window + second)
    assert refusal_at(window + 40) == "restricted_too_many"


@pytest.mark.parametrize("count", [50, 51])
def test_a_message_has_at_most_fifty_blocks(client: WebClient, incidents: str, count: int):
    blocks = [{"type": "divider"}] * count
    if count <= 50:
        assert client.chat_postMessage(channel=incidents, text="x", blocks=blocks)["ok"]
    else:
        assert refusal(client.chat_postMessage, channel=incidents, text="x", blocks=blocks) == "invalid_blocks"


def test_the_buttons_of_a_message_have_value_and_label(sandbox: Sandbox, client: WebClient, incidents: str):
    client.chat_postMessage(channel=incidents, text="x", blocks=[actions(button("step.done", "Done", value="7"))])

    assert sandbox.person("ana").sees("incidents")[-1].buttons == [("step.done", "7", "Done")]
