import json

import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from slack_sandbox import NothingToClick, NotVisible, Sandbox

from .conftest import SILENCE, ConnectedApp, actions, button, client_of, plain, section


def test_a_command_reaches_the_app_and_its_answer_the_person(sandbox: Sandbox, app: ConnectedApp):
    app.answers_to("slash_commands", {"text": "On it."})

    answer = sandbox.person("ana").types("/incident declare S1 IVR down", "general")

    assert (answer.ok, answer.text) == (True, "On it.")
    payload = app.waits_for("slash_commands")
    assert (payload["command"], payload["text"]) == ("/incident", "declare S1 IVR down")
    assert (payload["user_id"], payload["channel_name"]) == ("U0ANA", "general")
    assert sandbox.person("ana").sees("general")[-1].ephemeral
    assert sandbox.person("ben").sees("general") == []


def test_an_answer_in_channel_is_for_everyone(sandbox: Sandbox, app: ConnectedApp):
    app.answers_to("slash_commands", {"text": "Hear ye", "response_type": "in_channel"})

    sandbox.person("ana").types("/incident", "general")

    assert sandbox.person("ben").sees("general")[-1].text == "Hear ye"


def test_a_malformed_answer_to_a_command_is_a_refusal(sandbox: Sandbox, app: ConnectedApp):
    app.answers_to("slash_commands", {"blocks": [section("")]})

    assert sandbox.person("ana").types("/incident", "general").error == "invalid_blocks"
    assert len(sandbox.refusals) == 1


def test_a_command_nobody_acknowledges_times_out(sandbox: Sandbox, app: ConnectedApp):
    sandbox.ack_deadline_s = 0.1
    app.answers_to("slash_commands", SILENCE)

    answer = sandbox.person("ana").types("/incident", "general")

    assert (answer.ok, answer.timed_out, answer.error) == (False, True, "operation_timeout")
    assert "operation_timeout" in sandbox.person("ana").sees("general")[-1].text


def test_a_command_fails_at_once_without_a_connection(sandbox: Sandbox):
    assert sandbox.person("ana").types("/incident", "general").error == "dispatch_failed"


def test_only_commands_of_the_manifest_exist():
    sandbox = Sandbox({"features": {"slash_commands": [{"command": "/incident"}]}})

    assert sandbox.person("ana").types("/other", "general").text == "/other is not a valid command."


def test_a_click_carries_the_message_the_button_and_the_response_url(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, incidents: str
):
    blocks = [actions(button("step.done", "Done", value="7"), block_id="step")]
    ts = client.chat_postMessage(channel=incidents, text="card", blocks=blocks)["ts"]

    click = sandbox.person("ana").clicks("step.done", channel="incidents")

    assert click.acked is True
    payload = app.waits_for("block_actions")
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": incidents,
        "is_ephemeral": False,
    }
    assert payload["user"]["id"] == "U0ANA"
    assert payload["channel"] == {"id": incidents, "name": "incidents"}
    assert payload["trigger_id"] == click.trigger_id
    assert payload["response_url"].startswith(sandbox.url)
    (act,) = payload["actions"]
    assert (act["action_id"], act["block_id"], act["value"], act["type"]) == (
        "step.done",
        "step",
        "7",
        "button",
    )


def test_a_choice_is_in_the_actions_and_in_the_state(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, incidents: str
):
    people = {"type": "users_select", "action_id": "owner"}
    level = {
        "type": "static_select",
        "action_id": "level",
        "options": [{"text": plain("High"), "value": "high"}],
    }
    client.chat_postMessage(channel=incidents, text="x", blocks=[actions(people, level, block_id="b")])
    ana = sandbox.person("ana")

    ana.chooses("owner", "ben", channel="incidents")
    ana.chooses("level", "high", channel="incidents")

    first, second = app.payloads("block_actions")
    assert first["actions"][0]["selected_user"] == "U0BEN"
    assert second["actions"][0]["selected_option"]["value"] == "high"
    assert second["state"]["values"]["b"]["owner"]["selected_user"] == "U0BEN"
    with pytest.raises(NothingToClick):
        ana.chooses("level", "low", channel="incidents")


def test_options_of_an_external_select_come_from_the_app(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, incidents: str
):
    service = {"text": plain("IVR"), "value": "ivr"}
    app.answers_to("block_suggestion", {"options": [service]})
    lookup = {"type": "external_select", "action_id": "service"}
    client.chat_postMessage(channel=incidents, text="x", blocks=[actions(lookup)])

    sandbox.person("ana").chooses("service", "IVR", channel="incidents")

    assert app.waits_for("block_suggestion")["value"] == "IVR"
    assert app.waits_for("block_actions")["actions"][0]["selected_option"] == service
    app.answers_to("block_suggestion", {"options": [service] * 101})
    with pytest.raises(NothingToClick):
        sandbox.person("ana").chooses("service", "IVR", channel="incidents")
    assert sandbox.refusals[-1].answer["error"] == "invalid_options"


def test_people_cannot_click_what_they_do_not_see(sandbox: Sandbox, client: WebClient, incidents: str):
    blocks = [actions(button("go", value="1"))]
    client.chat_postEphemeral(channel=incidents, user="U0ANA", text="x", blocks=blocks)

    with pytest.raises(NothingToClick):
        sandbox.person("ben").clicks("go", channel="incidents")
    with pytest.raises(NothingToClick):
        sandbox.person("ana").clicks("go", channel="incidents", value="2")
    with pytest.raises(NotVisible):
        sandbox.person("gus").clicks("go", channel="incidents")


def test_the_newest_of_several_buttons_is_clicked(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, incidents: str
):
    for value in ("old", "new"):
        client.chat_postMessage(channel=incidents, text="x", blocks=[actions(button("go", value=value))])

    sandbox.person("ana").clicks("go", channel="incidents")
    sandbox.person("ana").clicks("go", channel="incidents", value="old")

    assert [p["actions"][0]["value"] for p in app.payloads("block_actions")] == ["new", "old"]


def test_shortcuts_reach_the_app(sandbox: Sandbox, app: ConnectedApp):
    ts = sandbox.person("ana").says("worth keeping", "incidents").ts

    assert sandbox.person("ana").uses_shortcut("declare").acked
    assert sandbox.person("ana").uses_message_shortcut("keep", channel="incidents", ts=ts).acked

    assert app.waits_for("shortcut")["callback_id"] == "declare"
    message_action = app.waits_for("message_action")
    assert (message_action["message"]["text"], message_action["channel"]["name"]) == ("worth keeping", "incidents")


def test_a_shortcut_the_manifest_does_not_have_is_not_offered():
    with pytest.raises(NothingToClick):
        Sandbox({"features": {}}).person("ana").uses_shortcut("declare")


def test_each_envelope_goes_to_one_of_the_connections(sandbox: Sandbox, app: ConnectedApp):
    other = ConnectedApp(sandbox)
    sandbox.wait_for(lambda: len(sandbox.socket_mode.connections) == 2)

    for _ in range(4):
        assert sandbox.person("ana").types("/incident", "general").ok

    assert (len(app.payloads("slash_commands")), len(other.payloads("slash_commands"))) == (2, 2)
    other.closes()


def test_a_connection_too_many_is_ended_instead_of_greeted(sandbox: Sandbox, app: ConnectedApp):
    sandbox.socket_mode.most_connections = 1
    url = client_of(sandbox).apps_connections_open(app_token=sandbox.app_token)["url"]

    with connect(url) as eleventh:
        assert json.loads(eleventh.recv())["reason"] == "too_many_websockets"
        with pytest.raises(ConnectionClosed):
            eleventh.recv()
    assert sandbox.person("ana").types("/incident", "general").ok


def test_slacks_own_client_answers_and_reconnects_when_told_to_refresh(sandbox: Sandbox):
    app = SocketModeClient(sandbox.app_token, web_client=client_of(sandbox))
    app.socket_mode_request_listeners.append(
        lambda client, request: client.send_socket_mode_response(
            SocketModeResponse(request.envelope_id, payload={"text": "Here."})
        )
    )
    app.connect()
    assert sandbox.person("ana").types("/incident", "general").text == "Here."

    first = sandbox.socket_mode.connections[0]
    sandbox.refresh_connections()
    sandbox.wait_for(lambda: first not in sandbox.socket_mode.connections)

    assert sandbox.person("ana").types("/incident", "general").text == "Here."
    app.close()


def test_the_same_command_can_be_delivered_twice(sandbox: Sandbox, app: ConnectedApp):
    sandbox.deliver_twice("slash_commands")

    sandbox.person("ana").types("/incident", "general")
    sandbox.quiet()

    first, second = app.payloads("slash_commands")
    assert first["trigger_id"] == second["trigger_id"]
