"""Rows that other systems send, such as `POST /figures`, checked before anything reads them."""

from collections.abc import Callable, Mapping

from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.incidents.registry import TAKEN_BEFORE, Registry, SignedPost
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources import signatures
from bot.sources.signatures import NotSigned, NotUnderstood
from bot.web.events_endpoint import TooLarge, read_body
from bot.web.replay_guard import ReplayGuard

# Takes a body with the headers of its request.
Receive = Callable[[bytes, Mapping[str, str]], JSONResponse]


async def receive_body(request: Request, receive: Receive) -> JSONResponse:
    """The answer of `receive` to a request's body, or why the body was not taken."""
    try:
        body = await read_body(request)
    except TooLarge:
        return refusal_response(413, "at most 2 MB at once")
    except ClientDisconnect:
        return refusal_response(400, "cut off")
    return await run_in_threadpool(_receive, receive, body, dict(request.headers))


def _receive(receive: Receive, body: bytes, headers: Mapping[str, str]) -> JSONResponse:
    try:
        return receive(body, headers)
    except NotSigned:
        return refusal_response(401, "invalid request")
    except NotUnderstood as wrong:
        return refusal_response(422, str(wrong))
    except WatchfloorError as refused:
        return refusal_response(503, refused.sentence)
    except IntegrityError:
        # Another replica stored the same new row at this moment.
        return refusal_response(503, "try again")


def refusal_response(status: int, reason: str) -> JSONResponse:
    """An answer that says why nothing was taken."""
    return JSONResponse({"error": reason}, status)


def signed_posts(services: Services, settings: Settings) -> list[Route]:
    """A route for each kind of rows whose secret is set."""
    endpoints = [SignedPostEndpoint(services, settings, post) for post in services.get(Registry).posts]
    return [Route(each.post.path, each.answer, methods=["POST"]) for each in endpoints if each.is_open]


class SignedPostEndpoint:
    """Takes signed rows, and answers with what became of them."""

    def __init__(self, services: Services, settings: Settings, post: SignedPost) -> None:
        self.post = post
        self._services = services
        self._secret = post.secret(settings).get_secret_value().encode()
        self._replay_guard = ReplayGuard(services.database)

    @property
    def is_open(self) -> bool:
        """True if its secret is set."""
        return bool(self._secret)

    async def answer(self, request: Request) -> JSONResponse:
        """Answer one request."""
        return await receive_body(request, self._receive)

    def _receive(self, body: bytes, headers: Mapping[str, str]) -> JSONResponse:
        now = utcnow()
        signature = signatures.check(self._secret, body, headers, now)
        with self._services.database.transaction() as session:
            if not self._replay_guard.claim(session, signature):
                return JSONResponse(TAKEN_BEFORE)
            return JSONResponse(self.post.take(self._services, session, body, now))
