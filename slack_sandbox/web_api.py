"""The Web API's door: authentication, faults, rate limits, the method, the record of the call."""

import asyncio
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from slack_sandbox.arguments import Arguments, read_arguments
from slack_sandbox.errors import Refused
from slack_sandbox.faults import Fault
from slack_sandbox.http import drop, header, read_body, send_bytes, send_json
from slack_sandbox.methods import METHODS
from slack_sandbox.methods.registry import Method, Request
from slack_sandbox.model import Json
from slack_sandbox.records import Call

if TYPE_CHECKING:
    from slack_sandbox.sandbox import Sandbox

_PREFIX = "/api/"
_HIDDEN = ("token",)


class WebApi:
    """Answers `POST /api/<method>` the way Slack does."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].removeprefix(_PREFIX)
        body = await read_body(receive)
        call = Call(name, {}, tier=METHODS[name].tier if name in METHODS else "")
        with self._sandbox.journal.recording(call):
            await self._serve(call, body, scope, send)

    async def _serve(self, call: Call, body: bytes, scope: Scope, send: Send) -> None:
        sandbox = self._sandbox
        fault = sandbox.faults.take(call.method)
        call.fault = fault.kind if fault else ""
        await _wait(sandbox.latency_s, fault)
        if sandbox.offline or call.fault == "refused":
            drop(scope)
            return
        headers = self._answer(call, fault, body, scope)
        if call.fault == "lost_answer":
            drop(scope)
            return
        if call.fault == "server_error":
            # What stands before Slack's servers answers in plain text, not in JSON.
            await send_bytes(send, b"Service Unavailable", call.status, {"content-type": "text/plain"})
            return
        await send_json(send, call.answer, call.status, headers)

    def _answer(self, call: Call, fault: Fault | None, body: bytes, scope: Scope) -> dict[str, str]:
        """Fill in the call's answer and status; returns the headers that go with it."""
        call.status = 200
        try:
            token, call.args = _read(scope, body)
            if fault is not None and (headers := _broken(call, fault)) is not None:
                return headers
            method = self._admit(call, token)
            wait_s = self._wait_s(call, method)
            if wait_s:
                return _rate_limited(call, wait_s)
            request = Request(self._sandbox.workspace, Arguments(call.args))
            with self._sandbox.workspace.lock:
                call.answer = {"ok": True, **method(request)}
        except Refused as refusal:
            call.answer = {"ok": False, "error": refusal.error, **refusal.fields}
        return {"x-oauth-scopes": ",".join(self._sandbox.app.scopes)}

    def _admit(self, call: Call, token: str) -> Method:
        method = METHODS.get(call.method)
        if method is None:
            raise Refused("unknown_method", req_method=call.method)
        if not token:
            raise Refused("not_authed")
        if token not in (self._sandbox.bot_token, self._sandbox.app_token):
            raise Refused("invalid_auth")
        if not token.startswith(method.takes):
            raise Refused("not_allowed_token_type")
        return method

    def _wait_s(self, call: Call, method: Method) -> int:
        if not self._sandbox.strict_rates:
            return 0
        return self._sandbox.rates.retry_after_s(method.name, method.tier, str(call.args.get("channel", "")))


def _read(scope: Scope, body: bytes) -> tuple[str, Json]:
    args = read_arguments(header(scope, b"content-type"), scope["query_string"], body)
    token = header(scope, b"authorization").removeprefix("Bearer ").strip() or str(args.get("token", ""))
    return token, {key: value for key, value in args.items() if key not in _HIDDEN}


async def _wait(latency_s: float, fault: Fault | None) -> None:
    if latency_s:
        await asyncio.sleep(latency_s)
    if fault is not None and fault.kind == "delay":
        await asyncio.sleep(float(fault.detail.get("seconds", 1.0)))


def _broken(call: Call, fault: Fault) -> dict[str, str] | None:
    """The answer of a fault that keeps the work from being done, or None when it is done."""
    if fault.kind == "error":
        raise Refused(str(fault.detail.get("error", "fatal_error")))
    if fault.kind == "rate_limited":
        return _rate_limited(call, int(fault.detail.get("retry_after", 1)))
    if fault.kind == "server_error":
        call.status = int(fault.detail.get("status", 503))
        call.answer = {"ok": False, "error": "service_unavailable"}
        return {}
    return None


def _rate_limited(call: Call, wait_s: int) -> dict[str, str]:
    call.status = 429
    call.answer = {"ok": False, "error": "ratelimited"}
    return {"retry-after": str(wait_s)}
