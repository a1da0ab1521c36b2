"""A tap on the wire between Slack and the bot: passes every request on, and can repeat each byte for byte."""

import hashlib
import hmac
import http.client
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

KEPT = ("content-type", "x-slack-request-timestamp", "x-slack-signature")

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Sent:
    """One request as it went over the wire."""

    body: bytes
    headers: dict[str, str]


class Tap:
    """Listens for Slack and passes requests on to the bot at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.sent: list[Sent] = []
        tap = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                request = Sent(body, {name: self.headers[name] for name in KEPT if self.headers[name]})
                tap.sent.append(request)
                status, answer, kind = post(tap.address, request)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *words: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/slack/events"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def signed(secret: str, body: str, *, at: str = "", kind: str = FORM) -> Sent:
    """Return a request as anyone who knows the signing secret would send it."""
    moment = at or str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256)
    signature = f"v0={digest.hexdigest()}"
    return Sent(body.encode(), {"content-type": kind, KEPT[1]: moment, KEPT[2]: signature})


def post(address: str, request: Sent) -> tuple[int, bytes, str]:
    """Send the request and return status, body and content type of the answer."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("POST", "/slack/events", request.body, request.headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("content-type") or "text/plain"
    finally:
        connection.close()
