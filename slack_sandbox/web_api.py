"""The Web API: authentication, rate limits, calling the method, recording the call."""

import asyncio
from copy import deepcopy
from functools import partial

from starlette.types import Receive, Scope, Send

from slack_sandbox.arguments import Arguments, read_arguments
from slack_sandbox.errors import Refused
from slack_sandbox.exchange import Exchange, rate_limited
from slack_sandbox.http import Answer, header, json_answer, read_body
from slack_sandbox.installation import Installation
from slack_sandbox.methods import METHODS
from slack_sandbox.methods.registry import FORMS_ONLY, Method, Request
from slack_sandbox.model import Json
from slack_sandbox.records import Call

_PREFIX = "/api/"
_HIDDEN = ("token",)


class WebApi:
    """Answers `POST /api/<method>` as Slack does."""

    def __init__(self, sandbox: Installation) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].removeprefix(_PREFIX)
        body = await read_body(receive)
        call = Call(name, {}, tier=METHODS[name].tier if name in METHODS else "")
        exchange = Exchange(self._sandbox, call, scope, receive, send)
        with self._sandbox.journal.recording(call):
            try:
                token, call.args = _read(name, scope, body)
                warning = _charset_warning(header(scope, b"content-type"))
                carry_out = partial(self._carry_out, call, token, warning)
            except Refused as refusal:
                carry_out = partial(self._refuse, call, refusal)
            if self._sandbox.latency_s:
                await asyncio.sleep(self._sandbox.latency_s)
            await exchange.serve(carry_out)

    def _carry_out(self, call: Call, token: str, warning: str) -> Answer:
        try:
            method = self._admit(call, token)
            wait_s = self._wait_s(call, method)
            if wait_s:
                return rate_limited(call, wait_s)
            # A copy: Slack's additions, such as block ids, were not part of the request.
            request = Request(self._sandbox.workspace, Arguments(deepcopy(call.args)))
            with self._sandbox.workspace.lock:
                call.answer = {"ok": True, **method(request)}
            if warning:
                metadata = {"warnings": [warning]} | call.answer.get("response_metadata", {})
                call.answer |= {"warning": warning, "response_metadata": metadata}
        except Refused as refusal:
            return self._refuse(call, refusal)
        return self._answer(call)

    def _refuse(self, call: Call, refusal: Refused) -> Answer:
        call.answer = {"ok": False, "error": refusal.error, **refusal.fields}
        return self._answer(call)

    def _answer(self, call: Call) -> Answer:
        call.status = 200
        return json_answer(call.answer, headers={"x-oauth-scopes": ",".join(self._sandbox.app.scopes)})

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


def _read(method: str, scope: Scope, body: bytes) -> tuple[str, Json]:
    content_type = header(scope, b"content-type")
    args = read_arguments(content_type, scope["query_string"], body, reads_json=method not in FORMS_ONLY)
    token = header(scope, b"authorization").removeprefix("Bearer ").strip()
    # Slack accepts a token in a form, but not in a JSON body nor, for newer apps, in the query string.
    if not token and not content_type.startswith("application/json") and b"token=" not in scope["query_string"]:
        token = str(args.get("token", ""))
    return token, {key: value for key, value in args.items() if key not in _HIDDEN}


def _charset_warning(content_type: str) -> str:
    """The warning for JSON without a charset, or a form with one; empty otherwise."""
    if content_type.startswith("application/json"):
        return "" if "charset" in content_type else "missing_charset"
    if content_type.startswith("application/x-www-form-urlencoded"):
        return "superfluous_charset" if "charset" in content_type else ""
    return ""
