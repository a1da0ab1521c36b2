"""`POST /slack/events`: every request of Slack in HTTP mode, checked before anything reads it."""

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.request.internals import parse_body
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.errors import WatchfloorError
from bot.runtime.fair_threads import FairThreads
from bot.slack.app import Answer, ImmediateAckApp, user_of_request
from bot.slack.request_shape import Malformed, checked
from bot.web.replay_guard import ReplayGuard

# Each request has its own thread until its listener ends: enough that none waits while others call Slack.
REQUEST_THREADS = 48
LARGEST_BYTES = 2 * 1024 * 1024
TIMESTAMP = re.compile(r"[0-9]{1,12}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class NoSigningSecret(WatchfloorError):
    """HTTP mode needs SLACK_SIGNING_SECRET; without it anybody could give orders. It is under Basic Information."""


class TooLarge(Exception):
    """The body is larger than any that is ever sent."""


class EventsEndpoint:
    """Accepts what Slack signed within the last five minutes."""

    def __init__(self, app: ImmediateAckApp, signing_secret: str, replay_guard: ReplayGuard) -> None:
        if not signing_secret.strip():
            raise NoSigningSecret()
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._threads = FairThreads(REQUEST_THREADS, "door")
        self._replay_guard = replay_guard

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        try:
            body = await read_body(request)
        except TooLarge:
            return _refusal(413, "too large")
        except ClientDisconnect:
            return _refusal(400, "cut off")
        if not self._is_from_slack(body, request.headers):
            return _refusal(401, "invalid request")
        try:
            bolt_request = _bolt_request(request, body)
        except Malformed:
            self._app.note_malformed()
            return _refusal(400, "malformed", {"x-slack-no-retry": "1"})
        signature = request.headers["x-slack-signature"]
        return to_starlette_response(await asyncio.wrap_future(self._dispatch(bolt_request, signature)))

    def _is_from_slack(self, body: bytes, headers: Mapping[str, str]) -> bool:
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        # The verifier fails on anything but numbers, ASCII and text, and strangers may send anything.
        if not (TIMESTAMP.fullmatch(timestamp) and SIGNATURE.fullmatch(signature) and _is_text(body)):
            return False
        return self._verifier.is_valid(body, timestamp, signature)

    def _dispatch(self, request: BoltRequest, signature: str) -> Future[BoltResponse]:
        # Bolt's listeners are synchronous: in the event loop, one of them would block all other requests.
        future: Future[BoltResponse] = Future()

        def answer(response: BoltResponse) -> None:
            # The caller may have hung up meanwhile.
            with suppress(InvalidStateError):
                future.set_result(response)

        if self._app.is_echo(request.body):
            answer(BoltResponse(status=200))
            return future
        self._threads.submit(user_of_request(request.body), partial(self._handle_once, request, signature, answer))
        return future

    def _handle_once(self, request: BoltRequest, signature: str, answer: Answer) -> None:
        if not self._replay_guard.is_new(signature):
            answer(BoltResponse(status=200))
            return

        def settle(response: BoltResponse) -> None:
            if response.status >= 500:
                self._replay_guard.allow_again(signature)
            answer(response)

        self._app.handle_request(request, settle)

    def close(self) -> None:
        """Take no more requests, and return when all listeners have ended."""
        self._threads.shutdown()


def _bolt_request(request: Request, body: bytes) -> BoltRequest:
    """Bolt's request for a body that has Slack's shape. Raises `Malformed` if it has not."""
    try:
        parsed = checked(parse_body(body.decode(), request.headers.get("content-type")))
        bolt_request = to_bolt_request(request, body)
    except (ValueError, RecursionError, TypeError, AttributeError, KeyError):
        raise Malformed() from None
    bolt_request.body = parsed
    return bolt_request


async def read_body(request: Request) -> bytes:
    """A request's body. Raises `TooLarge` if it is larger than any that is ever sent."""
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


def _refusal(status: int, reason: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": reason}, status, headers)
