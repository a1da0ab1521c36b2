"""File contents: uploads to the URL that Slack gave, downloads with the bot's token or by people."""

from functools import partial

from starlette.types import Receive, Scope, Send

from slack_sandbox.exchange import Exchange
from slack_sandbox.file_sharing import mimetype
from slack_sandbox.http import Answer, form_parts, header, json_answer, read_body, text_answer
from slack_sandbox.installation import Installation
from slack_sandbox.model import Json
from slack_sandbox.records import Call

_NOT_FOUND: Json = {"ok": False, "error": "file_not_found"}


class Transfers:
    """`POST /upload/<file id>` and `GET /files/<file id>/<name>`."""

    def __init__(self, sandbox: Installation) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/upload/"):
            await self._upload(scope, receive, send)
        else:
            await self._download(scope, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        file_id = scope["path"].removeprefix("/upload/")
        body = await read_body(receive)
        call = Call("upload", {"file": file_id, "size": len(body)})
        content_type = header(scope, b"content-type")
        with self._sandbox.journal.recording(call):
            exchange = Exchange(self._sandbox, call, scope, receive, send)
            await exchange.serve(partial(self._store, call, file_id, body, content_type))

    def _store(self, call: Call, file_id: str, body: bytes, content_type: str) -> Answer:
        file = self._sandbox.workspace.files.get(file_id)
        if file is None or file.complete:
            call.status, call.answer = 404, _NOT_FOUND
            return json_answer(call.answer, 404)
        file.content = _content(body, content_type)
        call.status, call.answer = 200, {"ok": True}
        return text_answer(f"OK - {len(body)}")

    async def _download(self, scope: Scope, send: Send) -> None:
        token = header(scope, b"authorization").removeprefix("Bearer ")
        file = self._sandbox.workspace.files.get(scope["path"].split("/")[2])
        if token != self._sandbox.bot_token or file is None:
            await json_answer(_NOT_FOUND, 404).send(send)
            return
        await Answer(file.content, 200, {"content-type": mimetype(file.name)}).send(send)


def _content(body: bytes, content_type: str) -> bytes:
    """The file's bytes, which are the first part of a form."""
    if not content_type.startswith("multipart/form-data"):
        return body
    parts = form_parts(content_type, body)
    return bytes(parts[0].get_payload(decode=True)) if parts else b""
