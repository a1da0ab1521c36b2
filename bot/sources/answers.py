"""Checks of another system's response: refused with a reason, retried as it asks by all sources of its account."""

import json
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from bot.errors import TryLater
from bot.sources.port import NOT_UNDERSTOOD, CredentialsRefused, RequestRefused, Row, SourceRefused, Unread

if TYPE_CHECKING:
    import httpx
from functools import cache

# The request cannot be met as it is; the credentials are accepted.
REFUSED_REQUESTS = (400, 404, 410)
LATER = (408, 425, 429, 503)
REASONS = {
    400: "it does not understand the request ({detail})",
    403: "the credentials lack a right ({detail})",
    404: "there is nothing at that address; check `url`",
}
LONGEST_DETAIL = 200
UNTRUSTED: Final = (
    "its certificate is not trusted: {reason}; if it is your company's, name the company's certificates in "
    "`WATCHFLOOR_CA_FILE`"
)
LONGEST_WAIT_S = 3600.0


def checked(name: str, response: "httpx.Response") -> Any:
    """Return a response's JSON. Raises `TryLater` if waiting helps, `SourceRefused` if somebody must act."""
    status = response.status_code
    if status in LATER or status >= 500:
        raise TryLater(f"{name} answered {status}", wait_s=wait_s(response.headers) if status in LATER else None)
    if status == 401:
        raise CredentialsRefused(name=name)
    if status >= 300:
        text = REASONS.get(status, "it answered {status} ({detail})")
        refusal = RequestRefused if status in REFUSED_REQUESTS else SourceRefused
        raise refusal(name=name, reason=text.format(status=status, detail=_detail(response)))
    if status == 204 or not response.content:
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        # The page of a proxy or a captive portal, whatever its status.
        raise TryLater(f"{name} did not answer with JSON") from None


def wait_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the other system asks to wait, by `Retry-After` or `X-Rate-Limit-Reset` (seconds since 1970).

    None if it does not say. Times are compared with its own `Date`, because clocks differ.
    """
    retry_after = headers.get("retry-after", "").strip()
    if retry_after.isdigit():
        return min(float(retry_after), LONGEST_WAIT_S)
    reset_at = headers.get("x-rate-limit-reset", "").strip()
    retry_at = (
        datetime.fromtimestamp(int(reset_at), UTC)
        if reset_at.isdigit() and len(reset_at) < 12
        else _date(retry_after)
    )
    now = answered_at(headers)
    return min(LONGEST_WAIT_S, max(1.0, (retry_at - now).total_seconds())) if retry_at and now else None


def answered_at(headers: Mapping[str, str]) -> datetime | None:
    """Return when the other system answered, by its own clock; None if it does not say."""
    return _date(headers.get("date", ""))


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _detail(response: "httpx.Response") -> str:
    return " ".join(response.text.split())[:LONGEST_DETAIL] or "no reason given"


def read_each(
    records: Sequence[Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], Row],
    name_of: Callable[[Mapping[str, Any]], object],
) -> tuple[list[Row], list[Unread]]:
    """Read each record into a row, except those that are not understood.

    Raises an error of `NOT_UNDERSTOOD` if several records are all not understood: the system answers in another way
    than it did.
    """
    rows: list[Row] = []
    unread: list[Unread] = []
    for record in records:
        try:
            rows.append(read(record))
        except NOT_UNDERSTOOD as error:
            if len(unread) + 1 == len(records) > 1:
                raise
            unread.append(Unread(str(name_of(record)), str(error)))
    return rows, unread


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
        raise TryLater(f"{name} cannot be reached ({no_answer(failure)})") from failure


def no_answer(failure: "httpx.HTTPError") -> str:
    """Why another system gave no answer, for the person who can do something about it."""
    import httpx

    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UNTRUSTED.format(reason=cause.verify_message)
        cause = cause.__cause__ or cause.__context__
    if isinstance(failure, httpx.TimeoutException):
        return "no answer in time"
    return re.sub(r"^\[Errno -?\d+\] ", "", str(failure)) or type(failure).__name__


class Throttle:
    """Closed until a time; an earlier caller is refused at once, so that no thread waits."""

    def __init__(self) -> None:
        self._closed_until: datetime | None = None

    def close(self, until: datetime) -> None:
        """Refuse requests of this account until then."""
        self._closed_until = max(until, self._closed_until or until)

    def check(self, now: datetime) -> None:
        """Raises `TryLater` while it is closed."""
        if self._closed_until and now < self._closed_until:
            wait_s = (self._closed_until - now).total_seconds()
            raise TryLater("another source of this account was told to wait", wait_s=wait_s)


@cache
def throttle_of(account: str) -> Throttle:
    """Return the account's throttle in this process."""
    return Throttle()
