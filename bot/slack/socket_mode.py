"""Socket Mode: the line on which Slack calls the bot."""

import logging
import socket
from contextlib import suppress
from threading import Condition, Event, Thread
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.internals import build_headers, send_response
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.runtime.clock import machine_time
from bot.runtime.heartbeat import Pulse
from bot.slack.app import PromptApp
from bot.slack.errors import SlackRefused

log = logging.getLogger(__name__)

PING_EVERY_S = 5
# Each on a thread of its own to its listener's end: enough that none waits because others talk to Slack.
ENVELOPES_AT_ONCE = 24
# A click brings the whole message it was made on: not in twenty pieces.
READ_AT_ONCE_BYTES = 64 * 1024
TRIES_EVERY_S = 3.0
FINISHES_WITHIN_S = 1.0
FINAL = (
    *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
    *("not_allowed_token_type", "missing_scope", "no_permission"),
)


class PromptHandler(SocketModeHandler):
    """Hands what Slack sends to the app, and what the app answers to Slack."""

    app: PromptApp

    def handle(self, client: Any, req: SocketModeRequest) -> None:
        """One envelope, to its listener's end; it is acknowledged on the way."""
        began = machine_time().timestamp()

        def answer(response: BoltResponse) -> None:
            try:
                send_response(client, req, response, began)
            except (OSError, SlackClientError) as lost:
                # Slack sends it again on the next line; what the listener has done is found done then.
                log.warning("an acknowledgement did not arrive", extra={"reason": type(lost).__name__})

        self.app.take_up(BoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req)), answer)


class Line:
    """Connects, and stays connected; a Slack that does not answer is tried again."""

    def __init__(self, app: PromptApp, app_token: str) -> None:
        self._handler = PromptHandler(
            app,
            app_token,
            ping_interval=PING_EVERY_S,
            web_client=app.client,
            concurrency=ENVELOPES_AT_ONCE,
            receive_buffer_size=READ_AT_ONCE_BYTES,
        )
        client = self._handler.client
        client.message_listeners.append(self._hear)
        # Around Bolt's own: what was begun is to be acknowledged before the line is closed.
        client.socket_mode_request_listeners.insert(0, self._begin)
        client.socket_mode_request_listeners.append(self._end)
        self._closing = Event()
        self._heard = Pulse()
        self._open, self._counting = 0, Condition()

    @property
    def is_connected(self) -> bool:
        """Would an envelope reach us now?"""
        return bool(self._handler.client.is_connected())

    @property
    def heard_s_ago(self) -> float:
        """Seconds since Slack last sent anything."""
        return self._heard.age_s

    def connect(self) -> None:
        """Connect now, or go on trying. Raises `SlackRefused` when trying again cannot help."""
        if not self._connects():
            Thread(target=self._keep_trying, name="socket-mode", daemon=True).start()

    def close(self) -> None:
        """Acknowledge what has arrived, then hang up."""
        self._closing.set()
        with self._counting:
            self._counting.wait_for(self._is_idle, FINISHES_WITHIN_S)
        session = self._handler.client.current_session
        if session is not None and session.sock is not None:
            # The client waits up to three seconds for a last message; a closed line ends the wait.
            with suppress(OSError):
                session.sock.shutdown(socket.SHUT_RD)
        # Nor does its thread that hands out messages need to wait out its second for one that will not come.
        self._handler.client.closed = True
        self._handler.client.message_queue.put(None)
        self._handler.close()  # type: ignore[no-untyped-call]

    def _connects(self) -> bool:
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as refused:
            if refused.response.get("error") in FINAL:
                raise SlackRefused("apps.connections.open", refused.response["error"]) from refused
            log.warning("Slack does not let me connect yet", extra={"error": refused.response.get("error")})
            return False
        except (OSError, SlackClientError) as lost:
            log.warning("Slack does not answer; I keep trying", extra={"reason": type(lost).__name__})
            return False
        # From here on the client itself connects again whenever the line is lost.
        return True

    def _keep_trying(self) -> None:
        while not self._closing.wait(TRIES_EVERY_S):
            with suppress(SlackRefused):
                if self._connects():
                    return

    def _is_idle(self) -> bool:
        return self._open == 0 and self._handler.client.message_queue.empty()

    def _begin(self, client: Any, request: Any) -> None:
        with self._counting:
            self._open += 1

    def _end(self, client: Any, request: Any) -> None:
        with self._counting:
            self._open -= 1
            self._counting.notify_all()

    def _hear(self, client: Any, message: dict[str, Any], raw: str | None) -> None:
        self._heard.beat()
