import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from slack_sandbox import Sandbox
from slack_sandbox.http_delivery import UrlNotVerified

from .conftest import actions, button


class RequestUrl:
    """An app behind a request URL, which records requests and answers as instructed."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.answer: Any = None
        self.echoes = True
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                app.take(self)

            def log_message(self, *args: Any) -> None:
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/slack/events"

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"])).decode()
        self.requests.append(({k.lower(): v for k, v in handler.headers.items()}, body))
        status, answer = self.status, self.answer
        if "url_verification" in body:
            status, answer = 200, {"challenge": json.loads(body)["challenge"] if self.echoes else "?"}
        raw = b"" if answer is None else json.dumps(answer).encode()
        handler.send_response(status)
        for name, value in {"content-type": "application/json", **self.headers}.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)


@pytest.fixture
def web_app(sandbox: Sandbox) -> Iterator[RequestUrl]:
    app = RequestUrl()
    sandbox.retry_delays_s = (0.0, 0.01, 0.01)
    sandbox.events_url = app.url
    app.requests.clear()
    yield app
    app.server.shutdown()
    app.server.server_close()


def test_a_request_url_is_verified_by_its_challenge(sandbox: Sandbox, web_app: RequestUrl):
    assert sandbox.events_url == web_app.url
    web_app.echoes = False

    with pytest.raises(UrlNotVerified):
        sandbox.events_url = web_app.url


def test_a_command_arrives_as_a_signed_form(sandbox: Sandbox, web_app: RequestUrl):
    web_app.answer = {"text": "On it."}

    assert sandbox.person("ana").types("/incident declare S1", "general").text == "On it."

    headers, body = web_app.requests[0]
    assert SignatureVerifier(sandbox.signing_secret).is_valid_request(body, headers)
    assert parse_qs(body)["text"] == ["declare S1"]


def test_a_click_arrives_as_a_form_with_a_payload(
    sandbox: Sandbox, client: WebClient, web_app: RequestUrl, incidents: str
):
    client.chat_postMessage(channel=incidents, text="x", blocks=[actions(button("go"))])
    sandbox.quiet()
    web_app.requests.clear()

    assert sandbox.person("ana").clicks("go", channel="incidents").acked

    payload = json.loads(parse_qs(web_app.requests[0][1])["payload"][0])
    assert payload["type"] == "block_actions"


def test_an_event_arrives_as_json_and_is_repeated_until_it_is_accepted(sandbox: Sandbox, web_app: RequestUrl):
    web_app.status = 500

    sandbox.person("ana").says("hello", "incidents")

    sandbox.wait_for(lambda: len(web_app.requests) == 4)
    retries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in web_app.requests]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in web_app.requests}) == 1


def test_an_app_can_stop_the_retries(sandbox: Sandbox, web_app: RequestUrl):
    web_app.status, web_app.headers = 500, {"x-slack-no-retry": "1"}

    sandbox.person("ana").says("hello", "incidents")
    sandbox.wait_for(lambda: web_app.requests)
    sandbox.quiet()

    assert len(web_app.requests) == 1


def test_a_command_fails_when_the_app_is_gone(sandbox: Sandbox, web_app: RequestUrl):
    web_app.server.shutdown()
    web_app.server.server_close()

    assert sandbox.person("ana").types("/incident", "general").error == "dispatch_failed"


def test_delivery_returns_to_socket_mode_without_an_address(sandbox: Sandbox, web_app: RequestUrl):
    sandbox.events_url = None

    assert sandbox.person("ana").types("/incident", "general").error == "dispatch_failed"
    assert web_app.requests == []
