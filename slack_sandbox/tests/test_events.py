from typing import Any

import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import SILENCE, ConnectedApp

ANA_DOES: list[tuple[str, Any]] = [
    ("message", lambda ana, ts: ana.says("hello", "incidents")),
    ("message", lambda ana, ts: ana.edits("incidents", ts, "hello!")),
    ("message", lambda ana, ts: ana.deletes("incidents", ts)),
    ("reaction_added", lambda ana, ts: ana.reacts("pushpin", "incidents", ts)),
    ("pin_added", lambda ana, ts: ana.pins("incidents", ts)),
    ("file_shared", lambda ana, ts: ana.uploads("incidents", "a.txt", b"a")),
    ("member_left_channel", lambda ana, ts: ana.leaves("incidents")),
    ("member_joined_channel", lambda ana, ts: ana.invites("incidents", "gus")),
    ("channel_rename", lambda ana, ts: ana.renames("incidents", "other")),
    ("channel_archive", lambda ana, ts: ana.archives("incidents")),
    ("channel_deleted", lambda ana, ts: ana.deletes_channel("incidents")),
    ("channel_created", lambda ana, ts: ana.creates_channel("new")),
    ("channel_left", lambda ana, ts: ana.kicks("incidents", "watchfloor")),
    ("app_home_opened", lambda ana, ts: ana.opens_home()),
    ("app_mention", lambda ana, ts: ana.says("<@U0WATCHFLOOR> hi", "incidents")),
]


@pytest.mark.parametrize(("event", "action"), ANA_DOES)
def test_the_app_receives_events_of_peoples_actions_in_its_channels(
    sandbox: Sandbox, app: ConnectedApp, event: str, action: Any
):
    ana = sandbox.person("ana")
    ts = ana.says("first", "incidents").ts
    sandbox.quiet()
    app.heard.clear()

    action(ana, ts)

    assert app.waits_for(event)["type"] == event


def test_an_event_has_an_id_a_team_and_a_time(sandbox: Sandbox, app: ConnectedApp):
    sandbox.person("ana").says("hello", "incidents")

    app.waits_for("message")
    payload = app.payloads("event_callback")[0]
    assert payload["event_id"].startswith("Ev")
    assert payload["team_id"] == "T0SANDBOX"
    assert payload["event"]["channel_type"] == "channel"
    assert payload["authorizations"][0]["user_id"] == sandbox.workspace.bot.id


def test_an_edit_includes_the_previous_text(sandbox: Sandbox, app: ConnectedApp):
    ana = sandbox.person("ana")
    ts = ana.says("helo", "incidents").ts
    ana.edits("incidents", ts, "hello")
    ana.deletes("incidents", ts)
    sandbox.quiet()

    posted, edited, deleted = app.events("message")
    assert posted["text"] == "helo"
    assert (edited["previous_message"]["text"], edited["message"]["text"]) == ("helo", "hello")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)


def test_the_deleted_first_message_of_a_thread_turns_into_a_tombstone_until_its_last_reply_is_gone(
    sandbox: Sandbox, app: ConnectedApp, client: WebClient
):
    ana = sandbox.person("ana")
    ts = ana.says("first", "incidents").ts
    reply = ana.says("answer", "incidents", thread_ts=ts)
    ana.deletes("incidents", ts)
    sandbox.quiet()

    buried = app.events("message")[-1]
    assert (buried["subtype"], buried["message"]["subtype"]) == ("message_changed", "tombstone")
    assert buried["previous_message"]["text"] == "first"
    assert client.chat_postMessage(channel=reply.channel, text="on", thread_ts=ts)["ok"]
    ana.deletes("incidents", reply.ts)
    client.chat_delete(channel=reply.channel, ts=ana.sees("incidents")[-1].ts)
    assert not [message for message in ana.sees("incidents") if message.ts >= ts]


def test_the_bot_receives_events_of_its_own_posts(client: WebClient, app: ConnectedApp, incidents: str):
    client.chat_postMessage(
        channel=incidents, text="mine", metadata={"event_type": "e", "event_payload": {"key": 1}}
    )

    event = app.waits_for("message")
    assert event["bot_id"] == "B0WATCHFLOOR"
    assert event["metadata"] == {"event_type": "e", "event_payload": {}}, "the manifest declares no such type"
    [kept, *_] = client.conversations_history(channel=incidents, include_all_metadata=True)["messages"]
    assert kept["metadata"]["event_payload"] == {"key": 1}


def test_the_bot_receives_no_events_from_channels_it_is_not_in(sandbox: Sandbox, app: ConnectedApp):
    sandbox.person("ana").says("private", "leads")
    sandbox.person("ana").says("elsewhere", "general")
    sandbox.person("ana").says("here", "incidents")
    sandbox.quiet()

    assert [e["text"] for e in app.events("message")] == ["here"]


def test_private_channels_have_events_of_their_own(sandbox: Sandbox, app: ConnectedApp):
    ana = sandbox.person("ana")
    ana.invites("leads", "watchfloor")
    ana.renames("leads", "chiefs")

    assert app.waits_for("group_rename")["channel"]["name"] == "chiefs"
    assert app.events("message")[0]["channel_type"] == "group"


def test_only_subscribed_events_are_delivered():
    sandbox = Sandbox(
        {
            "features": {"app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": False}},
            "settings": {
                "event_subscriptions": {"bot_events": ["reaction_added", "message.im"]},
                "socket_mode_enabled": True,
            },
        }
    )
    sandbox.start()
    app = ConnectedApp(sandbox)
    ana = sandbox.person("ana")
    ts = ana.says("in a channel", "incidents").ts
    ana.says("to the bot")
    ana.pins("incidents", ts)
    ana.reacts("eyes", "incidents", ts)
    sandbox.quiet()

    assert {r.payload["event"]["type"] for r in app.heard} == {"reaction_added", "message"}
    assert [e["channel_type"] for e in app.events("message")] == ["im"]
    app.closes()
    sandbox.stop()


def test_an_unacknowledged_event_comes_again_with_the_same_id(sandbox: Sandbox, app: ConnectedApp):
    sandbox.ack_deadline_s = 0.1
    sandbox.retry_delays_s = (0.0, 0.01, 0.01)
    app.answers_to("event_callback", SILENCE)

    sandbox.person("ana").says("hello", "incidents")

    app.waits_for_deliveries(4)
    assert len({r.payload["event_id"] for r in app.heard}) == 1
    assert [(r.retry_attempt, r.retry_reason) for r in app.heard] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    sandbox.quiet()
    assert len(app.heard) == 4


def test_an_event_can_be_delivered_twice(sandbox: Sandbox, app: ConnectedApp):
    sandbox.deliver_twice("message")

    sandbox.person("ana").says("hello", "incidents")
    sandbox.quiet()

    assert len(app.heard) == 2
    assert len({r.payload["event_id"] for r in app.heard}) == 1
