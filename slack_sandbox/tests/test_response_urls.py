import json
import socket
import urllib.request
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from slack_sandbox import Sandbox

from .conftest import ConnectedApp, actions, button, section


@pytest.fixture
def url(sandbox: Sandbox, app: ConnectedApp) -> str:
    """The response URL of a command that Ana typed."""
    sandbox.person("ana").types("/incident", "general")
    return str(app.waits_for("slash_commands")["response_url"])


def test_a_later_answer_is_only_for_the_person(sandbox: Sandbox, url: str):
    assert WebhookClient(url).send(text="Done.").status_code == 200

    assert sandbox.person("ana").sees("general")[-1].text == "Done."
    assert sandbox.person("ben").sees("general") == []
    assert sandbox.calls_of("response_url")[0].args["text"] == "Done."


def test_a_response_url_is_good_for_five_answers(url: str):
    hook = WebhookClient(url)
    for _ in range(5):
        assert hook.send(text="x").body == "ok"

    assert _error(url, {"text": "x"}) == "used_url"


def test_a_response_url_is_good_for_half_an_hour(sandbox: Sandbox, url: str):
    sandbox.clock_offset_s += 30 * 60 - 10
    assert WebhookClient(url).send(text="x").status_code == 200

    sandbox.clock_offset_s += 20
    assert _error(url, {"text": "x"}) == "expired_url"


def test_blocks_are_checked_here_too(sandbox: Sandbox, url: str):
    assert _error(url, {"blocks": [section("")]}) == "invalid_blocks"
    assert len(sandbox.refusals) == 1


def test_the_clicked_message_is_replaced_or_deleted(
    sandbox: Sandbox, client: WebClient, app: ConnectedApp, incidents: str
):
    blocks = [actions(button("go"))]
    client.chat_postEphemeral(channel=incidents, user="U0ANA", text="sure?", blocks=blocks)
    sandbox.person("ana").clicks("go", channel="incidents")
    hook = WebhookClient(app.waits_for("block_actions")["response_url"])

    hook.send(text="changed", replace_original=True)
    assert [m.visible_text for m in sandbox.person("ana").sees("incidents")] == ["changed"]

    hook.send(delete_original=True)
    assert sandbox.person("ana").sees("incidents") == []
    assert "message" not in app.payloads("block_actions")[0]


def test_an_answer_counts_only_once_its_body_has_come(sandbox: Sandbox, client: WebClient, url: str):
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"POST {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n".encode())
        # The sandbox reads what has come before this call, which came later.
        client.auth_test()
        # A call ends a moment after its answer is sent; this waits for that one, and would for ever for the other.
        sandbox.wait_for(lambda: sandbox.journal.in_flight == 0)
        connection.sendall(json.dumps({"text": "12345678"}).encode())
        connection.recv(1024)

    assert sandbox.calls_of("response_url")[0].answer == {"ok": True}


def _error(url: str, body: object) -> str:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with pytest.raises(HTTPError) as error:
        urllib.request.urlopen(request)
    return str(json.load(error.value)["error"])
