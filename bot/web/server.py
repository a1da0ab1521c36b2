"""The web server, in a thread beside the bot."""

import socket
from collections.abc import Sequence
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.errors import WatchfloorError
from bot.web.events_endpoint import EventsEndpoint
from bot.web.health import Health

FINISH_TIMEOUT_S = 4
BACKLOG = 1024


class PortRefused(WatchfloorError):
    """Port {port} cannot be used: {reason}. End what runs there, or choose another port: PORT=3001"""


class Server:
    """Binds its port at once, so that a port in use is noticed before any work begins; serves when told to."""

    def __init__(self, host: str, port: int) -> None:
        # asyncio turns off Nagle's delay (40 ms per answer) only if the protocol is named.
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listening.bind((host, port))
        except OSError as refused:
            self._listening.close()
            raise PortRefused(port=port, reason=refused.strerror) from None
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """The port on which it listens; useful if any free port was asked for."""
        return int(self._listening.getsockname()[1])

    def start(self, site: ASGIApp) -> None:
        """Serve `site` from now on."""
        self._listening.listen(BACKLOG)
        config = uvicorn.Config(
            site,
            # Faster ones are installed for the sandbox; here they would cost more memory than they save time.
            loop="asyncio",
            http="h11",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=FINISH_TIMEOUT_S,
        )
        self._server = uvicorn.Server(config)
        serve = self._server.run
        self._thread = Thread(target=serve, args=([self._listening],), name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no new requests, and answer those already received."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
        self._listening.close()


def site(health: Health, events_endpoint: EventsEndpoint | None, posts: Sequence[Route] = ()) -> Starlette:
    """`/healthz`, Slack's endpoint in HTTP mode, and the endpoints for other systems' rows."""
    routes = [Route("/healthz", health.answer), *posts]
    if events_endpoint is not None:
        routes.append(Route("/slack/events", events_endpoint.answer, methods=["POST"]))
    return Starlette(routes=routes)
