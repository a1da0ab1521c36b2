"""`POST /figures`: figures that another system sends, checked before anything reads them."""

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from bot.errors import WatchfloorError
from bot.impact.requests import FiguresEndpoint, NotSigned, NotUnderstood
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.web.events_endpoint import TooLarge, read_body

log = logging.getLogger(__name__)


class FiguresAddress:
    """Answers with what became of the figures."""

    def __init__(self, services: Services, endpoint: FiguresEndpoint) -> None:
        self._services, self._endpoint = services, endpoint

    async def answer(self, request: Request) -> JSONResponse:
        """Answer one request."""
        try:
            body = await read_body(request)
        except TooLarge:
            return _refusal(413, "at most 2 MB at once")
        except ClientDisconnect:
            return _refusal(400, "cut off")
        return await run_in_threadpool(self._take, body, dict(request.headers))

    def _take(self, body: bytes, headers: dict[str, str]) -> JSONResponse:
        try:
            result = self._endpoint.take(self._services.database, body, headers, utcnow())
        except NotSigned:
            return _refusal(401, "invalid request")
        except NotUnderstood as wrong:
            return _refusal(422, str(wrong))
        except WatchfloorError as refused:
            return _refusal(503, refused.sentence)
        if result is None or result.is_known:
            return JSONResponse({"rows": 0, "note": "taken before, so nothing was changed"})
        return JSONResponse({"rows": result.rows})


def _refusal(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status)
