"""The web server, in a thread beside the bot."""

import asyncio
import socket
from contextlib import suppress
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from bot.errors import WatchfloorError

FINISH_TIMEOUT_S = 4
BACKLOG = 1024
LOOK_EVERY_S = 1.0
CLOSED_LOOK_EVERY_S = 0.005


class PortRefused(WatchfloorError):
    """Port {port} cannot be used: {reason}. End what runs there, or choose another port: PORT=3001"""


class PromptServer(uvicorn.Server):
    """Ends once it is told to and has answered what it began; otherwise that takes a fifth of a second longer."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_stop = asyncio.Event()

    def tell_to_stop(self) -> None:
        """Begin to end, from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._told_to_stop.set)

    async def main_loop(self) -> None:
        """Serve until it is told to stop."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told_to_stop.wait(), LOOK_EVERY_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connection, answer what was asked, and cut off what takes too long."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._everything_answered(), self.config.timeout_graceful_shutdown)
        for task in self.server_state.tasks:
            task.cancel()

    async def _everything_answered(self) -> None:
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(CLOSED_LOOK_EVERY_S)


class Server:
    """Takes its port at once, so that a taken one is noticed before any work begins; serves when told."""

    def __init__(self, host: str, port: int) -> None:
        # asyncio turns off Nagle's delay (40 ms an answer) only where the protocol is named.
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listening.bind((host, port))
        except OSError as refused:
            self._listening.close()
            raise PortRefused(port=port, reason=refused.strerror) from None
        self._server: PromptServer | None = None
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens; of interest when any free port was asked for."""
        return int(self._listening.getsockname()[1])

    def start(self, site: ASGIApp) -> None:
        """Serve `site` from now on."""
        self._listening.listen(BACKLOG)
        config = uvicorn.Config(
            site,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=FINISH_TIMEOUT_S,
        )
        self._server = PromptServer(config)
        serve = self._server.run
        self._thread = Thread(target=serve, args=([self._listening],), name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no new request, answer those that are here."""
        if self._server and self._thread:
            self._server.tell_to_stop()
            self._thread.join()
        self._listening.close()
