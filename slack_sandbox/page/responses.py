"""The page's HTTP responses: security headers, and the check for requests of other sites."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

# No script but ours, nothing from another address, nothing that frames the page.
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
    """The part is not there (any more), which is no error: the page takes it away."""
    return Response(status_code=204, headers=HEADERS | {"X-Reason": reason.encode("ascii", "replace").decode()})


def html(drawn: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(drawn, status, headers=HEADERS)


def json(body: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(body, status, headers=HEADERS)


def is_cross_site(request: Request) -> bool:
    """Whether another site in the same browser sends this: it must not act for the person at the page."""
    return request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
