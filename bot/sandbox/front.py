"""The front door: which part of the sandbox answers a request."""

from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.control import Control
from bot.sandbox.http import CutOff, header, send_json
from bot.sandbox.responses import Responses
from bot.sandbox.transfers import Transfers
from bot.sandbox.web_api import WebApi

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

_LOCAL_HOSTS = ("127.0.0.1", "localhost")


class Front:
    """Plain dispatch by path: a framework's routing would cost a Web API call a fifth of its time."""

    def __init__(self, sandbox: "Sandbox") -> None:
        transfers = Transfers(sandbox)
        self._socket_mode = sandbox.socket_mode
        self._parts: dict[str, ASGIApp] = {
            "api": WebApi(sandbox),
            "response": Responses(sandbox),
            "upload": transfers,
        }
        self._transfers = transfers
        self._rest = Starlette(routes=[*Control(sandbox).routes(), *_page_routes(sandbox)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket_mode(scope, receive, send)
            return
        first = scope["path"].split("/", 2)[1]
        part = self._parts.get(first)
        if part is None and first == "files" and header(scope, b"authorization"):
            part = self._transfers
        if part is not None:
            with suppress(CutOff):
                await part(scope, receive, send)
        elif header(scope, b"host").partition(":")[0] in _LOCAL_HOSTS:
            await self._rest(scope, receive, send)
        else:
            # A foreign name for this address: somebody else's page reaching in by DNS.
            await send_json(send, {"ok": False, "error": "foreign_host"}, 421)


def _page_routes(sandbox: "Sandbox") -> list[BaseRoute]:
    """The page's routes, where the page is installed."""
    if find_spec("bot.sandbox.page") is None:
        return []
    return list(import_module("bot.sandbox.page").routes(sandbox))
