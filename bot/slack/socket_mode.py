"""Socket Mode: stays connected to Slack, with two connections while Slack switches from one to the other."""

import logging
import math
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.internals import build_headers, send_response
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed

from bot.errors import TryLater
from bot.runtime import clock
from bot.runtime.clock import machine_time
from bot.runtime.fair_threads import FairThreads
from bot.slack.app import ImmediateAckApp, user_of_request
from bot.slack.errors import SlackRefused
from bot.slack.gateway import Gateway
from bot.slack.refusals import Meaning
from bot.slack.web_socket import Message, WebSocket, WebSocketEnded, WebSocketRefused

log = logging.getLogger(__name__)

# Each envelope has its own thread until its listener ends: enough that none waits while others call Slack.
ENVELOPE_THREADS = 48
RETRY_FIRST_S, RETRY_LONGEST_S = 0.25, 10.0
LASTED_S = 5.0
# Slack sends nothing more on a connection that it asked us to leave, and closes it within a few seconds.
DRAINED_AFTER_S = 3.0
LONGEST_DRAIN_S = 30.0
FINISH_TIMEOUT_S = 1.0
LOOK_EVERY_S = 0.5
FINAL = (Meaning.UNAUTHORIZED, Meaning.INSTALLATION)


class SocketModeConnection:
    """Connects, and stays connected, retrying while Slack does not answer."""

    def __init__(self, app: ImmediateAckApp, slack: Gateway) -> None:
        self._app, self._slack = app, slack
        self._threads = FairThreads(ENVELOPE_THREADS, "envelope")
        self._changed = threading.Condition()
        self._web_sockets: list[WebSocket] = []
        self._leaving: dict[WebSocket, float] = {}
        self._is_closing = False
        # Why there is no connection, as part of a sentence.
        self.trouble = "not connected yet"
        self._last_heard_s = clock.elapsed_s()

    @property
    def is_connected(self) -> bool:
        """True if an envelope would reach us now."""
        return any(web_socket.is_open for web_socket in self._web_sockets)

    @property
    def silent_s(self) -> float:
        """Seconds since Slack last sent anything."""
        return min(
            (web_socket.heartbeat.age_s for web_socket in self._web_sockets),
            default=clock.elapsed_s() - self._last_heard_s,
        )

    def connect(self) -> None:
        """Connect now, or keep trying. Raises `SlackRefused` if retrying cannot help."""
        self._try_connect()
        threading.Thread(target=self._supervise, name="socket-mode", daemon=True).start()

    def close(self) -> None:
        """Acknowledge what has arrived, then disconnect."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: not any(web_socket.unfinished_envelopes for web_socket in self._web_sockets),
                FINISH_TIMEOUT_S,
            )
        for web_socket in list(self._web_sockets):
            web_socket.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    # Connecting

    def _try_connect(self) -> bool:
        """Open one more connection; False if it must be retried. Raises `SlackRefused` if retrying cannot help."""
        try:
            url = str(self._slack.call("apps.connections.open")["url"])
        except SlackRefused as refused:
            if refused.meaning in FINAL:
                raise
            return self._note_refusal(f"Slack refuses a connection: {refused.reason}")
        except TryLater as silent:
            return self._note_failure(f"Slack does not answer ({silent.reason})")
        try:
            web_socket = WebSocket(url, self._slack.network)
        except WebSocketRefused as refused:
            return self._note_refusal(
                f"Slack answers over HTTPS, but its WebSocket does not work: {refused}. A proxy or firewall may "
                "not let WebSockets to wss-primary.slack.com through"
            )
        except WebSocketEnded as ended:
            return self._note_refusal(f"Slack ends each new connection: {ended}")
        self._add(web_socket)
        return True

    def _note_failure(self, trouble: str) -> bool:
        self.trouble = trouble
        return False

    def _note_refusal(self, trouble: str) -> bool:
        """Log once what somebody has to fix: the cause is not that Slack is down."""
        if trouble != self.trouble:
            log.warning("not connected to Slack; I keep trying", extra={"reason": trouble})
        return self._note_failure(trouble)

    def _add(self, web_socket: WebSocket) -> None:
        with self._changed:
            is_too_late = self._is_closing
            if not is_too_late:
                self._web_sockets.append(web_socket)
                self.trouble = ""
        if is_too_late:
            # `close` has not seen it, and what Slack would send through it would be lost.
            web_socket.close()
            return
        threading.Thread(target=self._read, args=(web_socket,), name="socket-mode-connection", daemon=True).start()

    def _read(self, web_socket: WebSocket) -> None:
        try:
            web_socket.read(self._on_message)
        finally:
            # Whatever ended it, such as no thread left for an envelope: another connection is opened.
            with self._changed:
                self._last_heard_s = clock.elapsed_s() - web_socket.heartbeat.age_s
                self._web_sockets.remove(web_socket)
                self._leaving.pop(web_socket, None)
                if not self._web_sockets:
                    self.trouble = "the connection was lost"
                self._changed.notify_all()

    def _supervise(self) -> None:
        """Open a connection whenever none will stay; close the one that is being left once it is silent."""
        wait_s, opened_at_s = 0.0, clock.elapsed_s()
        while not self._is_closing:
            if not self._needs_connection():
                self._hang_up_drained()
                self._wait(self._needs_connection, LOOK_EVERY_S if self._leaving else None)
                continue
            if clock.elapsed_s() - opened_at_s > LASTED_S:
                wait_s = 0.0
            self._wait(lambda: False, wait_s)
            # Each attempt waits longer, until a connection has lasted.
            wait_s = min(max(wait_s * 2, RETRY_FIRST_S), RETRY_LONGEST_S)
            opened_at_s = clock.elapsed_s() if self._reconnect() else math.inf

    def _wait(self, condition: Callable[[], bool], at_most_s: float | None) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_closing or condition(), at_most_s)

    def _reconnect(self) -> bool:
        try:
            return self._try_connect()
        except SlackRefused as refused:
            return self._note_refusal(f"Slack refuses a connection: {refused.reason}")

    def _needs_connection(self) -> bool:
        return not any(web_socket.is_open and web_socket not in self._leaving for web_socket in self._web_sockets)

    def _hang_up_drained(self) -> None:
        now_s = clock.elapsed_s()
        for web_socket, since_s in list(self._leaving.items()):
            is_silent = web_socket.unfinished_envelopes == 0 and web_socket.heartbeat.age_s > DRAINED_AFTER_S
            if not self._needs_connection() and (is_silent or now_s - since_s > LONGEST_DRAIN_S):
                web_socket.close()

    # Envelopes

    def _on_message(self, web_socket: WebSocket, message: Message) -> None:
        if message.get("type") == "disconnect":
            log.info("Slack asks for a new connection", extra={"reason": message.get("reason")})
            with self._changed:
                self._leaving[web_socket] = clock.elapsed_s()
                self._changed.notify_all()
            return
        request = SocketModeRequest.from_dict(message)
        if request is not None and self._app.is_echo(request.payload):
            # At once, on this thread: each redraw brings two echoes, and people wait in the queue for threads.
            web_socket.send_socket_mode_response(SocketModeResponse(request.envelope_id))
        elif request is not None and not self._is_closing:
            web_socket.count(+1)
            self._threads.submit(
                user_of_request(request.payload), partial(self._handle, web_socket, request, clock.elapsed_s())
            )

    def _handle(self, web_socket: WebSocket, request: SocketModeRequest, received_at_s: float) -> None:
        """Handle one envelope until its listener ends; it is acknowledged on the way."""
        started_at = machine_time().timestamp()

        def answer(response: BoltResponse) -> None:
            try:
                send_response(cast(BaseSocketModeClient, _Acknowledging(web_socket)), request, response, started_at)
            except (OSError, ConnectionClosed) as lost:
                # Slack sends it again on the next connection; the listener then finds its work already done.
                log.warning("an acknowledgement did not arrive", extra={"reason": type(lost).__name__})

        try:
            bolt_request = BoltRequest(mode="socket_mode", body=request.payload, headers=build_headers(request))
            self._app.handle_request(bolt_request, answer, received_at_s)
        except Exception:  # a broken envelope must not go unnoticed; Slack sends events again
            log.exception("an envelope was not handled")
        finally:
            web_socket.count(-1)
            with self._changed:
                self._changed.notify_all()


class _Acknowledging:
    """The client that Bolt needs to send an acknowledgement, on the connection through which the envelope came."""

    logger = log

    def __init__(self, web_socket: WebSocket) -> None:
        self.send_socket_mode_response: Any = web_socket.send_socket_mode_response
