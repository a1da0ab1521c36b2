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
from bot.runtime.heartbeat import Heartbeat
from bot.slack.app import ImmediateAckApp
from bot.slack.errors import SlackRefused
from bot.slack.request_shape import Malformed, checked

log = logging.getLogger(__name__)

PING_EVERY_S = 5
# Each on a thread of its own to its listener's end: enough that none waits because others talk to Slack.
ENVELOPE_THREADS = 24
# A click brings the whole message it was made on: not in twenty pieces.
READ_AT_ONCE_BYTES = 64 * 1024
RETRY_EVERY_S = 3.0
FINISH_TIMEOUT_S = 1.0
FINAL_ERRORS = (
    *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
    *("not_allowed_token_type", "missing_scope", "no_permission"),
)


class SocketModeRequestHandler(SocketModeHandler):
    """Hands what Slack sends to the app, and what the app answers to Slack."""

    app: ImmediateAckApp

    def handle(self, client: Any, req: SocketModeRequest) -> None:
        """One envelope, to its listener's end; it is acknowledged on the way."""
        started_at = machine_time().timestamp()

        def answer(response: BoltResponse) -> None:
            try:
                send_response(client, req, response, started_at)
            except (OSError, SlackClientError) as lost:
                # Slack sends it again on the next line; what the listener has done is found done then.
                log.warning("an acknowledgement did not arrive", extra={"reason": type(lost).__name__})

        try:
            body = checked(req.payload)
        except Malformed:
            self.app.note_malformed()
            answer(BoltResponse(status=200))  # not to be sent again
            return
        self.app.handle_request(BoltRequest(mode="socket_mode", body=body, headers=build_headers(req)), answer)


class SocketModeConnection:
    """Connects, and stays connected; a Slack that does not answer is tried again."""

    def __init__(self, app: ImmediateAckApp, app_token: str) -> None:
        self._handler = SocketModeRequestHandler(
            app,
            app_token,
            ping_interval=PING_EVERY_S,
            web_client=app.client,
            concurrency=ENVELOPE_THREADS,
            receive_buffer_size=READ_AT_ONCE_BYTES,
        )
        client = self._handler.client
        client.message_listeners.append(self._on_received)
        # Around Bolt's own: what was begun is to be acknowledged before the line is closed.
        client.socket_mode_request_listeners.insert(0, self._request_started)
        client.socket_mode_request_listeners.append(self._request_finished)
        self._closing = Event()
        self._last_message = Heartbeat()
        self._open, self._counting = 0, Condition()

    @property
    def is_connected(self) -> bool:
        """Would an envelope reach us now?"""
        return bool(self._handler.client.is_connected())

    @property
    def silent_s(self) -> float:
        """Seconds since Slack last sent anything."""
        return self._last_message.age_s

    def connect(self) -> None:
        """Connect now, or go on trying. Raises `SlackRefused` when trying again cannot help."""
        if not self._try_connect():
            Thread(target=self._retry_connecting, name="socket-mode", daemon=True).start()

    def close(self) -> None:
        """Acknowledge what has arrived, then hang up."""
        self._closing.set()
        with self._counting:
            self._counting.wait_for(self._is_idle, FINISH_TIMEOUT_S)
        session = self._handler.client.current_session
        if session is not None and session.sock is not None:
            # The client waits up to three seconds for a last message; a closed line ends the wait.
            with suppress(OSError):
                session.sock.shutdown(socket.SHUT_RD)
        # Nor does its thread that hands out messages need to wait out its second for one that will not come.
        self._handler.client.closed = True
        self._handler.client.message_queue.put(None)
        self._handler.close()  # type: ignore[no-untyped-call]

    def _try_connect(self) -> bool:
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as refused:
            if refused.response.get("error") in FINAL_ERRORS:
                raise SlackRefused("apps.connections.open", refused.response["error"]) from refused
            log.warning("Slack does not let me connect yet", extra={"error": refused.response.get("error")})
            return False
        except (OSError, SlackClientError) as lost:
            log.warning("Slack does not answer; I keep trying", extra={"reason": type(lost).__name__})
            return False
        # From here on the client itself connects again whenever the line is lost.
        return True

    def _retry_connecting(self) -> None:
        while not self._closing.wait(RETRY_EVERY_S):
            with suppress(SlackRefused):
                if self._try_connect():
                    return

    def _is_idle(self) -> bool:
        return self._open == 0 and self._handler.client.message_queue.empty()

    def _request_started(self, client: Any, request: Any) -> None:
        with self._counting:
            self._open += 1

    def _request_finished(self, client: Any, request: Any) -> None:
        with self._counting:
            self._open -= 1
            self._counting.notify_all()

    def _on_received(self, client: Any, message: dict[str, Any], raw: str | None) -> None:
        self._last_message.beat()
