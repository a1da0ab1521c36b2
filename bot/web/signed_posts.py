"""Rows that other systems send, such as `POST /figures`, checked before anything reads them."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.config.settings import Settings
from bot.incidents.registry import TAKEN_BEFORE, Registry, SignedPost
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources import signatures
from bot.web.posted_rows import receive_body
from bot.web.replay_guard import ReplayGuard


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
