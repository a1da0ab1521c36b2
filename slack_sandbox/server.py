"""A web server in a thread of this process."""

import asyncio
import socket
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from threading import Event, Thread
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp

from slack_sandbox.http import DroppableProtocol

HOST = "127.0.0.1"
_BACKLOG = 1024
_STOPS_WITHIN_S = 5
_LOOKS_EVERY_S = 1
_HANGS_UP_WITHIN_S = 0.1
_LETS_CLOSE_EVERY_S = 0.005


class _Uvicorn(uvicorn.Server):
    """Stops as soon as it is told to and its connections are closed; uvicorn itself takes a fifth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told_to_stop = asyncio.Event()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.told_to_stop.wait(), _LOOKS_EVERY_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        # Do not wait longer for clients that stay connected (Socket Mode, a browser's event stream).
        with suppress(TimeoutError):
            await asyncio.wait_for(self._connections_closed(), _HANGS_UP_WITHIN_S)

    async def _connections_closed(self) -> None:
        while self.server_state.connections:
            await asyncio.sleep(_LETS_CLOSE_EVERY_S)


class Server:
    """Runs an application and one background task until stopped."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.loop: asyncio.AbstractEventLoop | None = None
        self._server: _Uvicorn | None = None
        self._thread: Thread | None = None
        self._listening: socket.socket | None = None

    def listen(self) -> None:
        """Bind the port; connections queue until the application runs."""
        # asyncio disables Nagle's delay (40 ms a message) only if the protocol is given explicitly.
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind((HOST, self.port))
        self._listening.listen(_BACKLOG)
        self.port = self._listening.getsockname()[1]

    def start(self, app: ASGIApp, beside: Coroutine[Any, Any, None]) -> None:
        ready = Event()
        work = self._serve(app, beside, ready)
        self._thread = Thread(target=uvloop.run, args=(work,), name="sandbox", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self._server.told_to_stop.set)
        self._thread.join(_STOPS_WITHIN_S)
        self._server = self._thread = None

    def submit(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Run a coroutine in the server's loop."""
        if self.loop is None:
            raise RuntimeError("The sandbox has not been started.")
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    async def _serve(self, app: ASGIApp, beside: Coroutine[Any, Any, None], ready: Event) -> None:
        assert self._listening is not None, "listen() comes first"
        config = uvicorn.Config(app, http=DroppableProtocol, lifespan="off", log_level="warning", access_log=False)
        self._server = _Uvicorn(config)
        self.loop = asyncio.get_running_loop()
        task = asyncio.create_task(beside)
        ready.set()
        await self._server.serve(sockets=[self._listening])
        task.cancel()
