"""`POST /slack/events`: every request of Slack in HTTP mode, checked before anything reads it."""

import re
from collections.abc import Mapping

import anyio.to_thread
from anyio import CapacityLimiter
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.errors import WatchfloorError
from bot.web.seen import Seen

# More than the listeners' threads: a request that waits for a listener must not keep others from being read.
AT_ONCE = 64
LARGEST_BYTES = 2 * 1024 * 1024
MOMENT = re.compile(r"[0-9]{1,12}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class NoSigningSecret(WatchfloorError):
    """HTTP mode needs SLACK_SIGNING_SECRET; without it anybody could give orders. It is under Basic Information."""


class TooLarge(Exception):
    """More than Slack ever sends."""


class Door:
    """Lets in what Slack signed within the last five minutes."""

    def __init__(self, app: App, signing_secret: str) -> None:
        if not signing_secret.strip():
            raise NoSigningSecret()
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._threads = CapacityLimiter(AT_ONCE)
        self._seen = Seen()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        try:
            body = await _body(request)
        except TooLarge:
            return _refusal(413, "too large")
        except ClientDisconnect:
            return _refusal(400, "cut off")
        if not self._is_from_slack(body, request.headers):
            return _refusal(401, "invalid request")
        if not self._seen.is_new(request.headers["x-slack-signature"]):
            return Response()
        # Bolt's listeners are synchronous: in the event loop one of them would stop every other request.
        answer = await anyio.to_thread.run_sync(self._dispatch, request, body, limiter=self._threads)
        if answer.status >= 500:
            self._seen.take_back(request.headers["x-slack-signature"])
        return to_starlette_response(answer)

    def _is_from_slack(self, body: bytes, headers: Mapping[str, str]) -> bool:
        moment = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        # The verifier breaks on what is no number, no ASCII or no text; strangers may send anything.
        if not (MOMENT.fullmatch(moment) and SIGNATURE.fullmatch(signature) and _is_text(body)):
            return False
        return self._verifier.is_valid(body, moment, signature)

    def _dispatch(self, request: Request, body: bytes) -> BoltResponse:
        return self._app.dispatch(to_bolt_request(request, body))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise TooLarge()
    return bytes(body)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refusal(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status)
