"""Plain ASGI: reading a body, answering JSON, dropping a connection."""

import json
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Headers = dict[str, str]
JSON = "application/json; charset=utf-8"


class DroppableProtocol(HttpToolsProtocol):
    """Makes the transport accessible, so that a fault can drop the connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def drop(scope: Scope) -> None:
    """Close the connection without an answer."""
    scope["state"]["transport"].abort()


class CutOff(Exception):
    """The client left before its request had arrived completely; the request is ignored."""


async def read_body(receive: Receive) -> bytes:
    """Read a request's whole body. Raises `CutOff` if it ends too early."""
    chunks = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CutOff
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def form_parts(content_type: str, body: bytes) -> list[EmailMessage]:
    """The parts of a multipart form."""
    form = BytesParser(policy=HTTP).parsebytes(f"content-type: {content_type}\r\n\r\n".encode() + body)
    return [cast(EmailMessage, part) for part in form.iter_parts()]


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


@dataclass(frozen=True)
class Answer:
    """A response ready to be sent."""

    body: bytes
    status: int
    headers: Headers

    async def send(self, send: Send) -> None:
        fields = {"content-length": str(len(self.body))} | self.headers
        encoded = [(key.encode(), value.encode("latin-1")) for key, value in fields.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": encoded})
        await send({"type": "http.response.body", "body": self.body})


def json_answer(body: Any, status: int = 200, headers: Headers | None = None) -> Answer:
    return Answer(json.dumps(body).encode(), status, {"content-type": JSON} | (headers or {}))


def text_answer(text: str, status: int = 200) -> Answer:
    return Answer(text.encode(), status, {"content-type": "text/plain"})
