"""The bytes of files: uploads to the address Slack gave, downloads with the bot's token or by people."""

from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from slack_sandbox.faults import Fault
from slack_sandbox.http import drop, header, read_body, send_bytes, send_json
from slack_sandbox.records import Call
from slack_sandbox.sharing import mimetype

if TYPE_CHECKING:
    from slack_sandbox.sandbox import Sandbox


class Transfers:
    """`POST /upload/<file id>` and `GET /files/<file id>/<name>`."""

    def __init__(self, sandbox: "Sandbox") -> None:
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
        with self._sandbox.journal.recording(call):
            fault = self._sandbox.faults.take("upload")
            if self._sandbox.offline or _drops(fault):
                drop(scope)
                return
            file = self._sandbox.workspace.files.get(file_id)
            if file is None or file.complete:
                call.status, call.answer = 404, {"ok": False, "error": "file_not_found"}
                await send_json(send, call.answer, 404)
                return
            file.content = _content(body, header(scope, b"content-type"))
            call.status, call.answer = 200, {"ok": True}
            await send_bytes(send, f"OK - {len(body)}".encode(), headers={"content-type": "text/plain"})

    async def _download(self, scope: Scope, send: Send) -> None:
        token = header(scope, b"authorization").removeprefix("Bearer ")
        file = self._sandbox.workspace.files.get(scope["path"].split("/")[2])
        if token != self._sandbox.bot_token or file is None:
            await send_json(send, {"ok": False, "error": "file_not_found"}, 404)
            return
        await send_bytes(send, file.content, headers={"content-type": mimetype(file.name)})


def _drops(fault: Fault | None) -> bool:
    return fault is not None and fault.kind in ("refused", "lost_answer")


def _content(body: bytes, content_type: str) -> bytes:
    """The file's bytes; a form carries them as its first part."""
    if not content_type.startswith("multipart/form-data"):
        return body
    form = BytesParser(policy=HTTP).parsebytes(f"content-type: {content_type}\r\n\r\n".encode() + body)
    part = next(iter(form.iter_parts()), None)
    return bytes(part.get_payload(decode=True)) if part is not None else b""
