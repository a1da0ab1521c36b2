"""`response_url`: posts of the app to the address it got with a command or a click."""

from copy import deepcopy
from functools import partial

from starlette.types import Receive, Scope, Send

from slack_sandbox import responses
from slack_sandbox.arguments import read_arguments
from slack_sandbox.errors import Refused
from slack_sandbox.exchange import Exchange
from slack_sandbox.http import Answer, header, json_answer, read_body, text_answer
from slack_sandbox.installation import Installation
from slack_sandbox.records import Call


class ResponseUrlEndpoint:
    """Answers `POST /response/<key>`: `ok`, or the reason for a refusal."""

    def __init__(self, sandbox: Installation) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = scope["path"].removeprefix("/response/")
        body = await read_body(receive)
        call = Call("response_url", {}, at=self._sandbox.clock.now())
        with self._sandbox.journal.recording(call):
            content_type = header(scope, b"content-type") or "application/json"
            exchange = Exchange(self._sandbox, call, scope, receive, send)
            await exchange.serve(partial(self._respond, call, key, body, content_type))

    def _respond(self, call: Call, key: str, body: bytes, content_type: str) -> Answer:
        workspace = self._sandbox.workspace
        try:
            call.args = read_arguments(content_type, b"", body)
            with workspace.lock:
                responses.apply(workspace, workspace.response_urls.use(key), deepcopy(call.args))
        except Refused as refusal:
            call.status, call.answer = 404, {"ok": False, "error": refusal.error, **refusal.fields}
            return json_answer(call.answer, call.status)
        call.status, call.answer = 200, {"ok": True}
        return text_answer("ok")
