"""Signed HTTP delivery: what Slack posts to an app's request URL."""

import asyncio
import hashlib
import hmac
import http.client
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

from slack_sandbox.delivery import ACK_DEADLINE_S, Undelivered
from slack_sandbox.model import VERIFICATION_TOKEN, Json
from slack_sandbox.records import Envelope

_AT_ONCE = 64
Headers = dict[str, str]


class UrlNotVerified(Exception):
    """The request URL did not answer Slack's challenge."""


class HttpDelivery:
    """Posts every envelope, signed, to one address, and reads the acknowledgement from the answer."""

    timeout_reason = "http_timeout"

    def __init__(self, url: str, signing_secret: str) -> None:
        self.url = url
        self._secret = signing_secret
        self._posting = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="slack-http")

    async def deliver(self, envelope: Envelope) -> Json:
        body, headers = _form_of(envelope)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._posting, self.post, body, headers)

    def verify(self) -> None:
        """Perform Slack's handshake for a new request URL: the app echoes the challenge."""
        challenge = secrets.token_urlsafe(32)
        asked = {"type": "url_verification", "token": VERIFICATION_TOKEN, "challenge": challenge}
        try:
            answer = self.post(json.dumps(asked).encode(), {"content-type": "application/json"})
        except Undelivered as reason:
            raise UrlNotVerified(f"{self.url} gave no answer to the challenge: {reason}") from reason
        if challenge not in (answer.get("challenge"), answer.get("text")):
            raise UrlNotVerified(f"{self.url} did not echo the challenge")

    def post(self, body: bytes, headers: Headers) -> Json:
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=ACK_DEADLINE_S)
        try:
            connection.request("POST", where.path or "/", body, headers | self._signature(body))
            return _answer_of(connection.getresponse())
        except TimeoutError as error:
            raise Undelivered(self.timeout_reason) from error
        except (OSError, http.client.HTTPException) as error:
            raise Undelivered("connection_failed") from error
        finally:
            connection.close()

    def _signature(self, body: bytes) -> Headers:
        # Signed with the real time, even if the workspace's clock was moved.
        at = str(int(time.time()))
        signed = hmac.new(self._secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256)
        return {"x-slack-request-timestamp": at, "x-slack-signature": f"v0={signed.hexdigest()}"}


def _form_of(envelope: Envelope) -> tuple[bytes, Headers]:
    """Encode an envelope: events as JSON, interactions as a form with one JSON field, commands as a plain form."""
    if envelope.kind == "events_api":
        headers = {"content-type": "application/json"}
        if envelope.attempt:
            headers |= {
                "x-slack-retry-num": str(envelope.attempt),
                "x-slack-retry-reason": envelope.reason,
            }
        return json.dumps(envelope.payload).encode(), headers
    fields = envelope.payload
    if envelope.kind == "interactive":
        fields = {"payload": json.dumps(envelope.payload)}
    return urlencode(fields).encode(), {"content-type": "application/x-www-form-urlencoded"}


def _answer_of(response: http.client.HTTPResponse) -> Json:
    raw = response.read()
    if response.status >= 300:
        unwanted = response.getheader("x-slack-no-retry") == "1"
        raise Undelivered("no_retry" if unwanted else "http_error")
    if not raw:
        return {}
    if (response.getheader("content-type") or "").startswith("application/json"):
        return _json_of(raw)
    return {"text": raw.decode()}


def _json_of(raw: bytes) -> Json:
    try:
        answer = json.loads(raw)
    except ValueError as error:
        raise Undelivered("http_error") from error
    return answer if isinstance(answer, dict) else {}
