"""One WebSocket of Socket Mode: it is open once Slack has said hello on it."""

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import connect

from bot.runtime.heartbeat import Heartbeat
from bot.runtime.json_text import read_json
from bot.runtime.network import Network

Message = dict[str, Any]
OPEN_TIMEOUT_S = 5.0
HELLO_TIMEOUT_S = 3.0
CLOSE_TIMEOUT_S = 0.5
PING_EVERY_S = 5
PONG_TIMEOUT_S = 10
ENDED = {"too_many_websockets": "the app has too many connections open, at most ten are allowed"}


class WebSocketRefused(Exception):
    """The WebSocket could not be opened, or nothing came through it. Its text is part of a sentence."""


class WebSocketEnded(Exception):
    """Slack ended the WebSocket instead of greeting. Its text is part of a sentence."""


class WebSocket:
    """A connection on which Slack sends envelopes; each is acknowledged on the one it came through."""

    def __init__(self, url: str, network: Network) -> None:
        self._exit_stack = ExitStack()
        self._socket = _open(url, network, self._exit_stack)
        self.heartbeat = Heartbeat()
        self.is_open = True
        # Envelopes whose listeners have not ended.
        self.unfinished_envelopes = 0
        self._lock = threading.Lock()
        self._await_hello()

    def _await_hello(self) -> None:
        """Wait for Slack's hello: a proxy may open a WebSocket and swallow what is sent through it."""
        try:
            greeting = read_json(self._socket.recv(timeout=HELLO_TIMEOUT_S))
        except TimeoutError as silent:
            self.close()
            raise WebSocketRefused("it opens, but nothing that Slack sends comes through") from silent
        except ConnectionClosed as closed:
            raise WebSocketRefused("it is closed as soon as it opens") from closed
        except ValueError as foreign:
            self.close()
            raise WebSocketRefused("it opens, but what comes through it is not Slack's") from foreign
        if isinstance(greeting, dict) and greeting.get("type") == "disconnect":
            self.close()
            reason = str(greeting.get("reason"))
            raise WebSocketEnded(ENDED.get(reason, f"Slack's reason is {reason}"))
        self.heartbeat.beat()

    def read(self, on_message: Callable[["WebSocket", Message], None]) -> None:
        """Pass on every message until the connection ends."""
        try:
            for text in self._socket:
                self.heartbeat.beat()
                message = read_json(text)
                if isinstance(message, dict):
                    on_message(self, message)
        except (ConnectionClosed, OSError, ValueError):
            pass  # what was not acknowledged is sent again on another connection
        finally:
            self.is_open = False
            self.close()

    def count(self, change: int) -> None:
        """Count an envelope that came (+1), or whose listener has ended (-1)."""
        with self._lock:
            self.unfinished_envelopes += change

    def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        """Acknowledge. Raises `ConnectionClosed`."""
        self._socket.send(json.dumps(response.to_dict()))

    def close(self) -> None:
        self.is_open = False
        self._exit_stack.close()


def _open(url: str, network: Network, exit_stack: ExitStack) -> Any:
    try:
        return exit_stack.enter_context(
            connect(
                url,
                ssl=network.tls_for(url),
                proxy=network.proxy_for(url),
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=CLOSE_TIMEOUT_S,
                ping_interval=PING_EVERY_S,
                ping_timeout=PONG_TIMEOUT_S,
                compression=None,
                max_size=None,
            )
        )
    except TimeoutError as silent:
        raise WebSocketRefused("nobody answers there") from silent
    except (OSError, InvalidHandshake, InvalidURI, ValueError) as refused:
        raise WebSocketRefused(f"it is refused ({_reason(refused)})") from refused


def _reason(error: Exception) -> str:
    """The reason without the URL, which contains a ticket."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"HTTP {response.status_code}"
    return getattr(error, "strerror", None) or type(error).__name__
