"""Routes each HTTP and WebSocket request to the part of the sandbox that handles it."""

from contextlib import suppress

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from slack_sandbox.control import Control
from slack_sandbox.http import CutOff, header, json_answer
from slack_sandbox.installation import Installation
from slack_sandbox.page import routes as page_routes
from slack_sandbox.response_url_endpoint import ResponseUrlEndpoint
from slack_sandbox.transfers import Transfers
from slack_sandbox.web_api import WebApi

_LOCAL_HOSTS = ("127.0.0.1", "localhost")


class Router:
    """Dispatches by path only: a framework's routing would take a fifth of a Web API call's time."""

    def __init__(self, sandbox: Installation) -> None:
        transfers = Transfers(sandbox)
        self._socket_mode = sandbox.socket_mode
        self._parts: dict[str, ASGIApp] = {
            "api": WebApi(sandbox),
            "response": ResponseUrlEndpoint(sandbox),
            "upload": transfers,
        }
        self._transfers = transfers
        self._rest = Starlette(routes=[*Control(sandbox).routes(), *page_routes(sandbox)])

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
            # Another host name for this address: a page of another site that uses DNS rebinding.
            await json_answer({"ok": False, "error": "foreign_host"}, 421).send(send)
