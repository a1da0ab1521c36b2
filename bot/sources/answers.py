"""Checks of another system's response: refused with a reason, retried as it asks, never taken for no rows."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from bot.errors import TryLater
from bot.sources.port import CredentialsRefused, SourceRefused

if TYPE_CHECKING:
    import httpx

LATER = (408, 425, 429, 503)
REASONS = {
    400: "it does not understand the request ({detail})",
    403: "the credentials lack a right ({detail})",
    404: "there is nothing at that address; check `url`",
}
LONGEST_DETAIL = 200
LONGEST_WAIT_S = 3600.0


def checked(name: str, answer: "httpx.Response") -> Any:
    """Return a response's JSON. Raises `TryLater` if waiting helps, `SourceRefused` if somebody must act."""
    status = answer.status_code
    if status in LATER or status >= 500:
        raise TryLater(f"{name} answered {status}", wait_s=wait_s(answer.headers) if status in LATER else None)
    if status == 401:
        raise CredentialsRefused(name=name)
    if status >= 300:
        text = REASONS.get(status, "it answered {status} ({detail})")
        raise SourceRefused(name=name, reason=text.format(status=status, detail=_detail(answer)))
    if status == 204 or not answer.content:
        return None
    try:
        return json.loads(answer.content)
    except ValueError:
        # The page of a proxy or a captive portal, whatever its status.
        raise TryLater(f"{name} did not answer with JSON") from None


def wait_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the other system asks to wait, by `Retry-After` or `X-Rate-Limit-Reset` (seconds since 1970).

    None if it does not say. Times are compared with its own `Date`, because clocks differ.
    """
    after = headers.get("retry-after", "").strip()
    if after.isdigit():
        return min(float(after), LONGEST_WAIT_S)
    reset = headers.get("x-rate-limit-reset", "").strip()
    until = datetime.fromtimestamp(int(reset), UTC) if reset.isdigit() and len(reset) < 12 else _date(after)
    now = said_at(headers)
    return min(LONGEST_WAIT_S, max(1.0, (until - now).total_seconds())) if until and now else None


def said_at(headers: Mapping[str, str]) -> datetime | None:
    """Return when the other system answered, by its own clock; None if it does not say."""
    return _date(headers.get("date", ""))


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _detail(answer: "httpx.Response") -> str:
    return " ".join(answer.text.split())[:LONGEST_DETAIL] or "no reason given"


def next_link(headers: Mapping[str, str]) -> str:
    """Return the address in `Link: …; rel="next"`; empty if there is none."""
    links = re.findall(r'<([^<>]*)>\s*;[^,<]*\brel="?next"?', headers.get("link", ""))
    return str(links[0]) if links else ""


def sent(name: str, send: "Callable[[], httpx.Response]") -> "httpx.Response":
    """Send a request and return the response. Raises `TryLater` if there is none, or none in time."""
    import httpx

    try:
        return send()
    except httpx.HTTPError as failure:
        raise TryLater(f"{name} does not answer ({type(failure).__name__})") from failure
