"""A stand-in of another system on loopback, as strict as its documentation, with faults on demand."""

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.runtime import outgoing
from bot.runtime.network import Network
from bot.runtime.outgoing import Reach

TOKEN = "s3cret"  # of the stand-ins alone


class StandIn:
    """Answers like the system; each request uses up one of the `faults`."""

    def __init__(self) -> None:
        self.faults: deque[str] = deque()
        self.requests: list[Request] = []
        self.token = TOKEN
        self.url = ""
        # The stand-in's own clock, which may differ from ours; the machine's if there is none.
        self.now: datetime | None = None

    async def answer(self, request: Request) -> Response:
        answer = await self.react(request)
        answer.headers["date"] = format_datetime(self.now or datetime.now(UTC), usegmt=True)
        return answer

    async def react(self, request: Request) -> Response:
        self.requests.append(request)
        await request.body()
        fault = self.faults.popleft() if self.faults else ""
        if fault == "throttled":
            return PlainTextResponse("slow down", 429, {"Retry-After": "7"})
        if fault == "down":
            return PlainTextResponse("oops", 500)
        if fault == "captive portal":
            return Response("<html>Sign in to the network</html>", 200, media_type="text/html")
        if fault == "unauthorized":
            return JSONResponse({"error": "invalid_token"}, 401)
        if fault == "forbidden":
            return JSONResponse({"error": "no right"}, 403)
        answer = await self.handle(request, fault)
        if fault == "answer lost":
            # The request is carried out; the connection ends in the middle of the answer.
            return Response(b"{", headers={"content-length": "1000"})
        return answer

    async def handle(self, request: Request, fault: str) -> Response:
        raise NotImplementedError

    def client(self) -> httpx.Client:
        """Return the real client, as the bot makes it."""
        return outgoing.client(Network(), Reach.of(self.url, ["127.0.0.0/8"], is_insecure=True), self.url)


@contextmanager
def running(stand_in: StandIn) -> Iterator[StandIn]:
    """Run it on a port of its own until the block ends."""
    # asyncio turns off Nagle's delay (40 ms an answer) only where the protocol is named.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    stand_in.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    methods = ["GET", "POST", "PATCH", "PUT"]
    site = Starlette(routes=[Route("/{path:path}", stand_in.answer, methods=methods)])
    server = uvicorn.Server(uvicorn.Config(site, lifespan="off", log_config=None, date_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    listening.listen()
    thread.start()
    try:
        yield stand_in
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def everything(read: Callable[[str], Any], cursor: str = "", most: int = 2000) -> tuple[list[Any], str, int]:
    """Return every row from the cursor on, the cursor behind them, and the number of pages."""
    rows: list[Any] = []
    for pages in range(1, most):
        page = read(cursor)
        rows += page.rows
        cursor = page.next_cursor
        if page.complete_until is not None:
            return rows, cursor, pages
    raise AssertionError("it never comes to an end")
