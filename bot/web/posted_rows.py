"""Bodies that other systems post: read, handed to their receiver on a thread, or refused with the reason."""

from collections.abc import Callable, Mapping

from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from bot.errors import WatchfloorError
from bot.sources.signatures import NotSigned, NotUnderstood
from bot.web.events_endpoint import TooLarge, read_body

# Takes a body with the headers of its request.
Receive = Callable[[bytes, Mapping[str, str]], JSONResponse]


async def receive_body(request: Request, receive: Receive) -> JSONResponse:
    """The answer of `receive` to a request's body, or why the body was not taken."""
    try:
        body = await read_body(request)
    except TooLarge:
        return refusal(413, "at most 2 MB at once")
    except ClientDisconnect:
        return refusal(400, "cut off")
    return await run_in_threadpool(_receive, receive, body, dict(request.headers))


def _receive(receive: Receive, body: bytes, headers: Mapping[str, str]) -> JSONResponse:
    try:
        return receive(body, headers)
    except NotSigned:
        return refusal(401, "invalid request")
    except NotUnderstood as wrong:
        return refusal(422, str(wrong))
    except WatchfloorError as refused:
        return refusal(503, refused.sentence)
    except IntegrityError:
        # Another replica stored the same new row at this moment.
        return refusal(503, "try again")


def refusal(status: int, reason: str) -> JSONResponse:
    """An answer that says why nothing was taken."""
    return JSONResponse({"error": reason}, status)
