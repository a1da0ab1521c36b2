"""Plain ASGI: reading a body, answering JSON, dropping a connection."""

import json
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

Headers = dict[str, str]


class DroppableProtocol(H11Protocol):
    """Puts the transport within reach, so that a fault can drop the connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def drop(scope: Scope) -> None:
    """Close the connection without an answer."""
    scope["state"]["transport"].abort()


class CutOff(Exception):
    """Whoever sent the request is gone before all of it arrived; nothing is done for it."""


async def read_body(receive: Receive) -> bytes:
    """The whole body of a request; `CutOff` when it ends too early."""
    chunks = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CutOff
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def send_json(send: Send, body: Any, status: int = 200, headers: Headers | None = None) -> None:
    await send_bytes(send, json.dumps(body).encode(), status, headers)


async def send_bytes(send: Send, raw: bytes, status: int = 200, headers: Headers | None = None) -> None:
    fields = {"content-type": "application/json; charset=utf-8", "content-length": str(len(raw))} | (headers or {})
    encoded = [(key.encode(), value.encode("latin-1")) for key, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": raw})
