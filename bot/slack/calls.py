"""One call to Slack's Web API, and the three ways it can fail."""

import logging
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any, Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.web import SlackResponse

from bot.runtime import clock
from bot.slack.errors import NotSent, OutcomeUnknown, RateLimited, SlackRefused
from bot.slack.rate_limiter import RateLimiter

CALL_TIMEOUT_S = 10
NO_RETRIES: list[RetryHandler] = []  # a retry by the client would repeat a post whose answer was lost


def _rate_limit_key(method: str, arguments: dict[str, Any]) -> str:
    """What Slack limits together: a method, or the posts to one channel."""
    return f"{method} {arguments.get('channel')}" if method == "chat.postMessage" else method


def _is_unsent(lost: BaseException) -> bool:
    """Did it fail before there was a connection on which the request could travel?"""
    reason = getattr(lost, "reason", lost)
    return isinstance(reason, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError)


class ApiClient:
    """The way to one workspace."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._blocked_until: dict[str, float] = {}
        self._pace = RateLimiter()
        self._identity: dict[str, Any] = {}

    @classmethod
    def to(cls, base_url: str, token: str | None, log: logging.Logger | None = None) -> Self:
        """The way to the workspace that `token` opens; without one, each call brings its own.

        The SDK's client writes its own lines to `log`.
        """
        handlers = list(NO_RETRIES)
        return cls(
            WebClient(token=token, base_url=base_url, timeout=CALL_TIMEOUT_S, retry_handlers=handlers, logger=log)
        )

    @property
    def client(self) -> WebClient:
        """The client underneath, for Bolt."""
        return self._client

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One call. Raises `SlackRefused`, `RateLimited`, `NotSent` or `OutcomeUnknown`."""
        rate_limit_key = _rate_limit_key(method, arguments)
        wait_s = self._blocked_until.get(rate_limit_key, 0) - clock.monotonic_s()
        if wait_s > 0:
            raise RateLimited(method, wait_s)
        payload = {name: value for name, value in arguments.items() if value is not None}
        try:
            response = self._client.api_call(method, json=payload)
        except SlackApiError as refused:
            raise self._failure(method, rate_limit_key, refused) from refused
        except (OSError, HTTPException, SlackClientError, ValueError) as lost:
            failure = NotSent if _is_unsent(lost) else OutcomeUnknown
            raise failure(method, type(lost).__name__) from lost
        return dict(response.data) if isinstance(response.data, dict) else {}

    def pages(self, method: str, *, at_most: int = 1_000, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Page after page of an answer that Slack gives in pages."""
        cursor = None
        for _ in range(at_most):
            page = self.call(method, cursor=cursor, **arguments)
            yield page
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if cursor is None:
                return

    def _failure(self, method: str, rate_limit_key: str, refused: SlackApiError) -> Exception:
        response: SlackResponse = refused.response
        if response.status_code == 429:
            wait_s = float(response.headers.get("Retry-After", 1))
            self._blocked_until[rate_limit_key] = clock.monotonic_s() + wait_s
            return RateLimited(method, wait_s)
        error = str(response.get("error", "")) if isinstance(response.data, dict) else ""
        if response.status_code >= 500 or error in (
            "",
            "internal_error",
            "fatal_error",
            "service_unavailable",
        ):
            return OutcomeUnknown(method, error or str(response.status_code))
        messages = (response.get("response_metadata") or {}).get("messages") or []
        detail = "; ".join(map(str, messages)) or str(response.get("needed") or "")
        return SlackRefused(method, error, detail)

    def _auth_test(self) -> dict[str, Any]:
        if not self._identity:
            self._identity = self.call("auth.test")
        return self._identity

    def team_id(self) -> str:
        """The workspace."""
        return str(self._auth_test()["team_id"])

    def user_id(self) -> str:
        """The bot's own user."""
        return str(self._auth_test()["user_id"])

    def own_ids(self) -> frozenset[str]:
        """What the bot itself is called in events: its user, and its bot when Slack names it."""
        me = self._auth_test()
        return frozenset(str(me[name]) for name in ("user_id", "bot_id") if me.get(name))

    def permalink(self, channel_id: str, ts: str) -> str:
        """The address of a message, made without a call: Slack's addresses follow this form."""
        return f"{self._auth_test()['url']}archives/{channel_id}/p{ts.replace('.', '')}"

    def channel_url(self, channel_id: str) -> str:
        """The address of a channel, made without a call."""
        return f"{self._auth_test()['url']}archives/{channel_id}"
