"""The sandbox itself: a workspace behind a web server, in a thread of this process."""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from bot.sandbox import manifest as manifests
from bot.sandbox.clock import Clock
from bot.sandbox.delivery import Deliveries
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.http import DroppableProtocol
from bot.sandbox.journal import Journal
from bot.sandbox.model import Json
from bot.sandbox.persons import Person
from bot.sandbox.rates import Rates
from bot.sandbox.records import Call, Envelope
from bot.sandbox.responses import Responses
from bot.sandbox.socket_mode import SocketMode
from bot.sandbox.web_api import WebApi
from bot.sandbox.workspace import Workspace

_HOST = "127.0.0.1"
_QUIET_S = 0.05


class Sandbox:
    """A local Slack workspace with one app installed."""

    def __init__(
        self,
        manifest: Json | None = None,
        data: Path | None = None,
        port: int = 0,
        strict_rates: bool = False,
        clock_file: Path | None = None,
    ) -> None:
        self.app = manifests.read_manifest(manifest or manifests.PERMISSIVE)
        self.bot_token = "xoxb-sandbox-" + secrets.token_hex(12)
        self.app_token = "xapp-sandbox-" + secrets.token_hex(12)
        self.signing_secret = secrets.token_hex(16)
        self.strict_rates = strict_rates
        self.latency_s = 0.0
        self.clock = Clock(clock_file)
        self.workspace = Workspace(self.app, self.clock)
        self.journal = Journal(self.workspace)
        self.faults = Faults()
        self.rates = Rates()
        self.socket_mode = SocketMode()
        self.deliveries = Deliveries(self.workspace, self.socket_mode)
        self._data = data
        self._offline = False
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None

    # Running

    def start(self) -> None:
        """Serve in a background thread; returns when connections are accepted."""
        listening = socket.create_server((_HOST, self._port), backlog=1024)
        self._port = listening.getsockname()[1]
        self.workspace.response_urls.base = self.url
        self.workspace.new_socket_url = self._new_socket_url
        ready = Event()
        self._thread = Thread(target=self._run, args=(listening, ready), name="sandbox", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=5)
        self._server = self._thread = None

    def _run(self, listening: socket.socket, ready: Event) -> None:
        asyncio.run(self._serve(listening, ready))

    async def _serve(self, listening: socket.socket, ready: Event) -> None:
        config = uvicorn.Config(
            _Front(self), http=DroppableProtocol, lifespan="off", log_level="warning", access_log=False
        )
        self._server = uvicorn.Server(config)
        self.deliveries.loop = asyncio.get_running_loop()
        ready.set()
        await self._server.serve(sockets=[listening])

    def _new_socket_url(self) -> str:
        return f"ws://{_HOST}:{self._port}/link/?ticket={self.socket_mode.new_ticket()}"

    @property
    def url(self) -> str:
        return f"http://{_HOST}:{self._port}"

    # People and what happened

    def person(self, name: str) -> Person:
        return Person(self.workspace, self.deliveries, self.workspace.person(name).id)

    @property
    def calls(self) -> list[Call]:
        return self.journal.calls

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.journal.calls if call.method == method]

    def clear_calls(self) -> None:
        self.journal.calls.clear()

    @property
    def refusals(self) -> list[Call]:
        """Calls that were malformed; expected empty after every story."""
        return [call for call in self.journal.calls if call.is_refusal]

    @property
    def envelopes(self) -> list[Envelope]:
        return self.deliveries.envelopes

    # Trouble and time

    def fault(self, method: str, kind: str, count: int = 1, after: int = 0, **detail: Any) -> None:
        self.faults.arm(Fault(method, kind, count, after, detail))

    def deliver_twice(self, kind: str, count: int = 1) -> None:
        self.deliveries.deliver_twice(kind, count)

    @property
    def offline(self) -> bool:
        return self._offline

    @offline.setter
    def offline(self, value: bool) -> None:
        self._offline = value
        self.socket_mode.accepting = not value
        if value and self.deliveries.loop is not None:
            asyncio.run_coroutine_threadsafe(self.socket_mode.close(), self.deliveries.loop).result(5)

    @property
    def clock_offset_s(self) -> float:
        return self.clock.offset_s

    @clock_offset_s.setter
    def clock_offset_s(self, value: float) -> None:
        self.clock.offset_s = value
        self.workspace.touch("clock", offset_s=value)

    # Waiting

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10) -> Any:
        """Wait until the predicate holds, looking again after each change; returns its value."""
        deadline = time.monotonic() + timeout
        with self.workspace.changed:
            while not (value := predicate()):
                if not self.workspace.changed.wait(deadline - time.monotonic()):
                    if value := predicate():
                        return value
                    raise TimeoutError(f"It did not come true within {timeout} s.")
            return value

    def quiet(self, timeout: float = 10) -> None:
        """Wait until nothing is unacknowledged and no call has come for a moment."""
        deadline = time.monotonic() + timeout
        with self.workspace.changed:
            while not self._is_quiet():
                if time.monotonic() > deadline:
                    raise TimeoutError(f"The app was still busy after {timeout} s.")
                self.workspace.changed.wait(_QUIET_S / 2)

    def _is_quiet(self) -> bool:
        last_at = max(self.journal.last_at, self.deliveries.last_at)
        busy = self.deliveries.outstanding or self.journal.in_flight
        return not busy and time.monotonic() - last_at >= _QUIET_S


class _Front:
    """Sends each request to the Web API, Socket Mode, or the routes of everything else."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._api = WebApi(sandbox)
        self._responses = Responses(sandbox)
        self._rest = Starlette(routes=_routes(sandbox))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["type"] == "websocket":
            await self._sandbox.socket_mode(scope, receive, send)
        elif path.startswith("/api/"):
            await self._api(scope, receive, send)
        elif path.startswith("/response/"):
            await self._responses(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


def _routes(sandbox: Sandbox) -> list[BaseRoute]:
    if find_spec("bot.sandbox.page") is None:
        return []
    from bot.sandbox.page import routes

    found: list[BaseRoute] = list(routes(sandbox))
    return found
