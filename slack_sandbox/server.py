"""A web server in a thread of this process."""

import asyncio
import socket
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Event, Thread
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from slack_sandbox.http import DroppableProtocol

HOST = "127.0.0.1"
_BACKLOG = 1024
_STOPS_WITHIN_S = 5


class Server:
    """Runs an application and one background task until it is stopped."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None
        self._listening: socket.socket | None = None

    def listen(self) -> None:
        """Take the port; connections wait from here on until the application runs."""
        # asyncio turns off Nagle's delay (40 ms a message) only where the protocol is named.
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind((HOST, self.port))
        self._listening.listen(_BACKLOG)
        self.port = self._listening.getsockname()[1]

    def start(self, app: ASGIApp, beside: Coroutine[Any, Any, None]) -> None:
        ready = Event()
        work = self._serve(app, beside, ready)
        self._thread = Thread(target=asyncio.run, args=(work,), name="sandbox", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        # Clients that are still connected (Socket Mode, a browser's event stream) are not waited for.
        self._server.force_exit = True
        self._thread.join(_STOPS_WITHIN_S)
        self._server = self._thread = None

    def submit(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Run something in the server's loop."""
        if self.loop is None:
            raise RuntimeError("The sandbox has not been started.")
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    async def _serve(self, app: ASGIApp, beside: Coroutine[Any, Any, None], ready: Event) -> None:
        assert self._listening is not None, "listen() comes first"
        config = uvicorn.Config(app, http=DroppableProtocol, lifespan="off", log_level="warning", access_log=False)
        self._server = uvicorn.Server(config)
        self.loop = asyncio.get_running_loop()
        task = asyncio.create_task(beside)
        ready.set()
        await self._server.serve(sockets=[self._listening])
        task.cancel()
