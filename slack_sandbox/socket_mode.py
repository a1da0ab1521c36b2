"""Socket Mode: the app's open WebSockets, with envelopes sent over them in turn."""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from slack_sandbox.delivery import Undelivered
from slack_sandbox.model import APP_ID, Json
from slack_sandbox.records import Envelope

CONNECTIONS = 10
_SESSION_S = 3600


@dataclass(eq=False)
class Connection:
    """One open WebSocket and the acknowledgements that it still owes."""

    socket: WebSocket
    owed: "dict[str, asyncio.Future[Json]]" = field(default_factory=dict)
    leaving: bool = False

    def fail(self) -> None:
        for waiting in self.owed.values():
            if not waiting.done():
                waiting.set_exception(Undelivered("connection_failed"))


class SocketMode:
    """Issues tickets, keeps the connections, and delivers each envelope to one of them."""

    timeout_reason = "timeout"

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._tickets: set[str] = set()
        self._turn = 0
        self.connections: list[Connection] = []
        self.most_connections = CONNECTIONS
        self.accepting = True
        # As behind a proxy that opens WebSockets but passes nothing through.
        self.swallowing = False

    def new_ticket(self) -> str:
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The endpoint, which runs for the life of a connection."""
        socket = WebSocket(scope, receive, send)
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or not self.accepting:
            await socket.close(code=4000)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        if len(self.connections) >= self.most_connections:
            await socket.send_text(_disconnect("too_many_websockets"))
            await socket.close()
            return
        connection = Connection(socket)
        self.connections.append(connection)
        self._changed()
        try:
            if not self.swallowing:
                await socket.send_text(self._hello())
            await self._listen(connection)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the app disconnected; its unacknowledged envelopes fail below
        finally:
            self._forget(connection)

    async def deliver(self, envelope: Envelope) -> Json:
        if not self.connections or self.swallowing:
            raise Undelivered("connection_failed")
        connection = self._next()
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.owed[envelope.id] = waiting
        try:
            await connection.socket.send_text(_as_text(envelope))
            return await waiting
        except (WebSocketDisconnect, RuntimeError) as gone:
            raise Undelivered("connection_failed") from gone
        finally:
            connection.owed.pop(envelope.id, None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every client to reconnect; the app opens its new connection before it closes the old one."""
        for connection in list(self.connections):
            connection.leaving = True
            await connection.socket.send_text(_disconnect(reason))

    async def close(self) -> None:
        """Drop every connection without a `disconnect` message, as a network failure would."""
        for connection in list(self.connections):
            self._forget(connection)
            await connection.socket.close(code=1001)

    def _next(self) -> Connection:
        """The connections in turn; one that was asked to leave is used only if there is no other."""
        staying = [c for c in self.connections if not c.leaving] or self.connections
        self._turn += 1
        return staying[self._turn % len(staying)]

    async def _listen(self, connection: Connection) -> None:
        while True:
            answer = json.loads(await connection.socket.receive_text())
            waiting = connection.owed.get(answer.get("envelope_id", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(answer.get("payload") or {})

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
            self._changed()
        connection.fail()

    def _hello(self) -> str:
        return json.dumps(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {"host": "sandbox", "approximate_connection_time": _SESSION_S},
                "connection_info": {"app_id": APP_ID},
            }
        )


def _disconnect(reason: str) -> str:
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})


def _as_text(envelope: Envelope) -> str:
    body: Json = {
        "envelope_id": envelope.id,
        "type": envelope.kind,
        "payload": envelope.payload,
        "accepts_response_payload": envelope.kind != "events_api",
    }
    if envelope.kind == "events_api":
        body |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return json.dumps(body)
