import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from slack_sandbox import Sandbox

Json = dict[str, Any]
SILENCE = object()


class ConnectedApp:
    """An app on one Socket Mode connection, which acknowledges as instructed."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.heard: list[SocketModeRequest] = []
        self.answers: dict[str, Any] = {}
        self._changed = threading.Condition()
        url = client_of(sandbox).apps_connections_open(app_token=sandbox.app_token)["url"]
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(url))
        assert json.loads(self._socket.recv())["type"] == "hello"
        threading.Thread(target=self._listen, daemon=True).start()

    def answers_to(self, kind: str, answer: Any) -> None:
        """Acknowledge payloads (or envelopes) of this type with this answer, or with SILENCE."""
        self.answers[kind] = answer

    def events(self, kind: str) -> list[Json]:
        return [r.payload["event"] for r in self.heard if r.payload.get("event", {}).get("type") == kind]

    def payloads(self, kind: str) -> list[Json]:
        return [r.payload for r in self.heard if kind in (r.type, r.payload.get("type"))]

    def waits_for(self, kind: str) -> Json:
        """Return the first event or payload of this type, once it has arrived."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.events(kind) or self.payloads(kind), 10), kind
        return (self.events(kind) or self.payloads(kind))[0]

    def waits_for_deliveries(self, count: int) -> None:
        """Wait until this many requests have arrived."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.heard) >= count, 10), self.heard

    def closes(self) -> None:
        self._open.close()

    def _listen(self) -> None:
        with suppress(ConnectionClosed):  # the sandbox was stopped, or the test is over
            for text in self._socket:
                request = SocketModeRequest.from_dict(json.loads(text))
                if request is not None:
                    self._on_received(request)

    def _on_received(self, request: SocketModeRequest) -> None:
        with self._changed:
            self.heard.append(request)
            self._changed.notify_all()
        answer = self.answers.get(request.payload.get("type", ""), self.answers.get(request.type))
        if answer is not SILENCE:
            response = SocketModeResponse(request.envelope_id, payload=answer)
            self._socket.send(json.dumps(response.to_dict()))


def client_of(sandbox: Sandbox, token: str | None = None) -> WebClient:
    return WebClient(token or sandbox.bot_token, base_url=f"{sandbox.url}/api/", retry_handlers=[])


def refusal(call: Callable[..., Any], **args: Any) -> str:
    """Return the error of a Web API call, which must be refused."""
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, label: str = "Go", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(label), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    fields: Json = {"type": "modal", "title": plain("Title"), "submit": plain("Send"), "blocks": list(blocks)}
    return fields | more


def text_input(block_id: str, label: str = "Why", **more: Any) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": "typed"}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    return client_of(sandbox)


@pytest.fixture
def app(sandbox: Sandbox) -> Iterator[ConnectedApp]:
    app = ConnectedApp(sandbox)
    yield app
    app.closes()


@pytest.fixture
def incidents(sandbox: Sandbox) -> str:
    """The id of a channel with the bot in it."""
    return sandbox.workspace.channel("incidents").id
