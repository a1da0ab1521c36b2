"""One call to Slack's Web API, and the four ways it can fail."""

import copy
import json
import logging
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any, Self, TypedDict

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.web import SlackResponse

from bot.runtime import clock
from bot.runtime.json_text import has_lone_surrogates
from bot.runtime.network import Network
from bot.slack import deadline, refusals
from bot.slack.errors import NotSent, OutcomeUnknown, RateLimited, SlackRefused
from bot.slack.rate_limiter import RateLimiter
from bot.slack.refusals import Meaning

log = logging.getLogger(__name__)

CALL_TIMEOUT_S = 10
WAIT_UNSAID_S = 5.0
NO_RETRIES: list[RetryHandler] = []  # a retry by the client would repeat a post whose answer was lost

# Methods with blocks or a view. Many other methods ignore a JSON body.
JSON_METHODS = frozenset(
    (
        *("chat.postMessage", "chat.postEphemeral", "chat.update"),
        *("views.open", "views.push", "views.update", "views.publish"),
    )
)

_ERROR_NAME = re.compile(r"[a-z0-9_]+")


def retry_after_s(headers: Mapping[str, Any]) -> float:
    """The seconds that Slack asks to wait; a short while if it does not say."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(float(value), 0.0)
    except ValueError:
        return WAIT_UNSAID_S


class Body(TypedDict, total=False):
    """One of the two ways in which a request carries its arguments."""

    json: dict[str, Any]
    params: dict[str, Any]


def body(method: str, arguments: Mapping[str, Any]) -> Body:
    """The arguments as the client sends them: JSON for methods that read it, otherwise form fields, which all read.

    A nested value in a form is JSON in a field.
    """
    present_arguments = _without_half_characters(
        {name: value for name, value in arguments.items() if value is not None}
    )
    if method in JSON_METHODS:
        return {"json": present_arguments}
    return {"params": {name: _field(value) for name, value in present_arguments.items()}}


def _field(value: Any) -> Any:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list | tuple) else value


def _without_half_characters(arguments: dict[str, Any]) -> dict[str, Any]:
    """Replace lone surrogates, in which cut text may end, and which Slack does not accept."""
    if not has_lone_surrogates(arguments):
        return arguments
    return dict(json.loads(json.dumps(arguments, ensure_ascii=False).encode(errors="replace")))


def _rate_limit_key(method: str, arguments: dict[str, Any]) -> str:
    """The scope of a rate limit: a method, or the posts to one channel."""
    return f"{method} {arguments.get('channel')}" if method == "chat.postMessage" else method


def _reason(error: BaseException) -> str:
    """Why no answer came, in the network's words, such as that a certificate was not verified."""
    reason = getattr(error, "reason", None)
    return getattr(reason, "strerror", None) or str(reason or "") or type(error).__name__


def _is_unsent(error: BaseException) -> bool:
    """True if it failed before there was a connection on which to send the request."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError):
        return True
    # A proxy did not let us through.
    return str(reason).startswith("Tunnel connection failed")


class ApiClient:
    """The client of one workspace."""

    def __init__(self, client: WebClient, network: Network | None = None) -> None:
        self._client = client
        self.network = network or Network()
        self._blocked_until: dict[str, float] = {}
        self._pace = RateLimiter()
        self._identity: dict[str, Any] = {}
        # Workspaces besides the token's own whose people are colleagues, too.
        self.other_team_ids: frozenset[str] = frozenset()

    @classmethod
    def to(
        cls, base_url: str, token: str | None, network: Network | None = None, sdk_log: logging.Logger | None = None
    ) -> Self:
        """A client of the workspace that `token` opens; without one, each call brings its own token."""
        network = network or Network()
        client = WebClient(
            token=token,
            base_url=base_url,
            timeout=CALL_TIMEOUT_S,
            ssl=network.tls_for(base_url),
            retry_handlers=list(NO_RETRIES),
            logger=sdk_log,
        )
        # Overrides the proxy that the client itself reads from the environment, without any exceptions.
        client.proxy = network.proxy_for(base_url)
        return cls(client, network)

    @property
    def client(self) -> WebClient:
        """The underlying client, for Bolt."""
        return self._client

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Make one call. Raises `SlackRefused`, `RateLimited`, `NotSent` or `OutcomeUnknown`."""
        rate_limit_key = _rate_limit_key(method, arguments)
        wait_s = self._blocked_until.get(rate_limit_key, 0) - clock.monotonic_s()
        if wait_s > 0:
            raise RateLimited(method, wait_s)
        try:
            with deadline.limits(method, CALL_TIMEOUT_S) as timeout_s:
                response = self._client_within(timeout_s).api_call(method, **body(method, arguments))
        except SlackApiError as refused:
            return self._refused(method, rate_limit_key, refused.response)
        except (OSError, HTTPException, SlackClientError, ValueError, AttributeError) as lost:
            # AttributeError: the answer is JSON but not an object.
            failure = NotSent if _is_unsent(lost) else OutcomeUnknown
            raise failure(method, _reason(lost)) from lost
        return dict(response.data) if isinstance(response.data, dict) else {}

    def _client_within(self, timeout_s: float) -> WebClient:
        if timeout_s == self._client.timeout:
            return self._client
        client = copy.copy(self._client)
        client.timeout = timeout_s  # type: ignore[assignment]  # fractions of a second, too
        return client

    def pages(self, method: str, *, at_most: int = 1_000, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Yield the pages of an answer that Slack gives in pages."""
        cursor = None
        for _ in range(at_most):
            page = self.call(method, cursor=cursor, **arguments)
            yield page
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if cursor is None:
                return

    def _refused(self, method: str, rate_limit_key: str, response: SlackResponse) -> dict[str, Any]:
        """Raise the error that an answer without `ok` means; return the answer if all was already as requested."""
        answer = response.data if isinstance(response.data, dict) else {}
        error = str(answer.get("error", ""))
        means = refusals.meaning(method, error)
        if response.status_code == 429 or means is Meaning.WAIT:
            wait_s = retry_after_s(response.headers)
            self._blocked_until[rate_limit_key] = clock.monotonic_s() + wait_s
            raise RateLimited(method, wait_s)
        # A proxy's page, or an empty or truncated answer, is not Slack's: it does not say what was done.
        if response.status_code >= 500 or not _ERROR_NAME.fullmatch(error) or means is Meaning.UNKNOWN:
            raise OutcomeUnknown(method, error if _ERROR_NAME.fullmatch(error) else f"HTTP {response.status_code}")
        if means is Meaning.DONE:
            return answer
        if means is Meaning.MALFORMED:
            log.error("Slack finds a request wrong", extra={"method": method, "error": error})
        messages = (answer.get("response_metadata") or {}).get("messages") or []
        raise SlackRefused(method, error, "; ".join(map(str, messages)) or str(answer.get("needed") or ""))

    def _auth_test(self) -> dict[str, Any]:
        if not self._identity:
            self._identity = self.call("auth.test")
        return self._identity

    def team_id(self) -> str:
        return str(self._auth_test()["team_id"])

    def enterprise_id(self) -> str:
        """The organization of a workspace on Enterprise Grid; empty for one that stands alone."""
        return str(self._auth_test().get("enterprise_id") or "")

    def user_id(self) -> str:
        """The id of the bot's own user."""
        return str(self._auth_test()["user_id"])

    @property
    def knows_itself(self) -> bool:
        """True once Slack has said who the bot is; until then, its ids cost a call."""
        return bool(self._identity)

    def own_ids(self) -> frozenset[str]:
        """The bot's own ids in events: its user's, and its bot's if Slack names one."""
        identity = self._auth_test()
        return frozenset(str(identity[name]) for name in ("user_id", "bot_id") if identity.get(name))

    def permalink(self, channel_id: str, ts: str) -> str:
        """The URL of a message, built without a call, because Slack's URLs follow this form."""
        return f"{self._auth_test()['url']}archives/{channel_id}/p{ts.replace('.', '')}"

    def channel_url(self, channel_id: str) -> str:
        """The URL of a channel, built without a call."""
        return f"{self._auth_test()['url']}archives/{channel_id}"
