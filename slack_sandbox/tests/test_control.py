import json
import urllib.request
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import ConnectedApp, actions, button, modal, refusal, text_input


class Remote:
    """Another process that drives the sandbox over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/control/"

    def does(self, verb: str, content_type: str = "application/json", **order: Any) -> Any:
        body = json.dumps(order).encode()
        return self._answer(urllib.request.Request(self._url + verb, body, {"content-type": content_type}))

    def looks(self, name: str, **parameters: str) -> Any:
        return self._answer(urllib.request.Request(f"{self._url}{name}?{urlencode(parameters)}"))

    def _answer(self, request: urllib.request.Request) -> Any:
        try:
            return json.load(urllib.request.urlopen(request))
        except HTTPError as error:
            return json.load(error) | {"status": error.code}


@pytest.fixture
def remote(sandbox: Sandbox) -> Remote:
    return Remote(sandbox.url)


def test_a_person_types_and_sees_over_http(app: ConnectedApp, remote: Remote):
    app.answers_to("slash_commands", {"text": "On it."})

    answer = remote.does("types", **{"as": "ana", "text": "/incident", "channel": "general"})

    assert (answer["ok"], answer["text"]) == (True, "On it.")
    (message,) = remote.looks("sees", **{"as": "ana", "channel": "general"})
    assert (message["visible_text"], message["ephemeral"]) == ("On it.", True)


def test_a_person_clicks_and_fills_in_over_http(
    client: WebClient, app: ConnectedApp, remote: Remote, incidents: str
):
    client.chat_postMessage(channel=incidents, text="x", blocks=[actions(button("go"))])
    trigger = remote.does("clicks", **{"as": "ana", "action_id": "go", "channel": "incidents"})["trigger_id"]
    client.views_open(trigger_id=trigger, view=modal(text_input("why")))

    remote.does("fills", **{"as": "ana", "field": "why", "value": "rain"})
    assert remote.does("submits", **{"as": "ana"})["closed"] is True
    values = app.waits_for("view_submission")["view"]["state"]["values"]
    assert values["why"]["typed"]["value"] == "rain"


def test_an_impossible_action_is_refused_in_words(remote: Remote):
    answer = remote.does("clicks", **{"as": "ana", "action_id": "go", "channel": "incidents"})

    assert answer["status"] == 409
    assert "ana sees no 'go'" in answer["error"]
    assert remote.does("juggles", **{"as": "ana"})["status"] == 404


def test_faults_and_the_clock_are_ordered_over_http(sandbox: Sandbox, client: WebClient, remote: Remote):
    remote.does("fault", method="auth.test", kind="error", error="internal_error")
    assert refusal(client.auth_test) == "internal_error"

    assert remote.does("clock", advance_s=300)["offset_s"] == 300
    assert sandbox.clock_offset_s == 300


def test_calls_can_be_inspected(client: WebClient, remote: Remote):
    client.auth_test()

    (call,) = remote.looks("calls", method="auth.test")
    assert (call["status"], call["answer"]["ok"]) == (200, True)


def test_a_form_on_a_foreign_page_has_no_effect(sandbox: Sandbox, remote: Remote):
    assert remote.does("reset", content_type="text/plain")["status"] == 415

    request = urllib.request.Request(f"{sandbox.url}/control/app", headers={"host": "evil.example"})
    with pytest.raises(HTTPError):
        urllib.request.urlopen(request)


def test_a_reset_returns_to_the_first_day(sandbox: Sandbox, client: WebClient, remote: Remote):
    client.conversations_create(name="inc-1")
    sandbox.clock_offset_s = 3600

    remote.does("reset")

    assert sandbox.workspace.find_channel("inc-1") is None
    assert (sandbox.calls, sandbox.clock_offset_s) == ([], 0.0)


def test_a_crowd_is_hired_and_deliveries_are_listed_from_a_number_on(
    sandbox: Sandbox, app: ConnectedApp, remote: Remote
):
    hired = remote.does("hires", people=3)
    assert [person["name"] for person in hired] == ["p1", "p2", "p3"]
    assert remote.does("hires", people=1)[0]["name"] == "p4"
    sandbox.wait_until_idle()
    envelope_count = len(remote.looks("envelopes"))

    remote.does("says", **{"as": "p4", "text": "Hello", "channel": "general"})
    remote.does("types", **{"as": "p4", "text": "/incident", "channel": "general"})

    new_envelopes = remote.looks("envelopes", first=str(envelope_count))
    assert [envelope["type"] for envelope in new_envelopes].count("slash_commands") == 1
    assert len(new_envelopes) == len(remote.looks("envelopes")) - envelope_count
