"""The page's HTTP responses: security headers, and the check for requests from other sites."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

# Only our own scripts, nothing from other addresses, and no framing of the page.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def no_content(reason: str) -> Response:
    """The part does not exist (any more), which is no error: the page removes it."""
    return Response(status_code=204, headers=HEADERS | {"X-Reason": reason.encode("ascii", "replace").decode()})


def html(drawn: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(drawn, status, headers=HEADERS)


def json(body: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(body, status, headers=HEADERS)


def is_cross_site(request: Request) -> bool:
    """Whether another site in the same browser sent this request: it must not act for the person at the page."""
    return request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
