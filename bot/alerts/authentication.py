"""Whether a request comes from the system that shares the secret. Secrets are compared in constant time."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.alerts.sns import Certificates, check_message
from bot.config.floor import AlertSource
from bot.sources import signatures
from bot.sources.signatures import NotSigned

PAGERDUTY_MOST = 10


def check(
    described: AlertSource,
    secret: bytes,
    certificates: Certificates,
    body: bytes,
    content: Mapping[str, Any],
    headers: Mapping[str, str],
    now: datetime,
) -> str:
    """Return what may not be replayed, such as a signature; empty if alerts have keys. Raises `NotSigned`."""
    if described.kind == "sns":
        return check_message(content, described.topic, certificates, now)
    if described.kind == "pagerduty":
        return _pagerduty(secret, body, headers)
    if described.kind == "grafana" and described.signed:
        return _grafana(secret, body, headers, now)
    if described.signed:
        return signatures.check(secret, body, headers, now)
    return _bearer(secret, headers)


def _bearer(secret: bytes, headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _is_same(token.strip().encode(), secret):
        raise NotSigned()
    return ""


def _pagerduty(secret: bytes, body: bytes, headers: Mapping[str, str]) -> str:
    """`X-PagerDuty-Signature: v1=…,v1=…`: several while a secret is replaced."""
    expected = f"v1={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    sent_signatures = headers.get("x-pagerduty-signature", "").split(",")[:PAGERDUTY_MOST]
    if not any(_is_same(one.strip().encode(), expected.encode()) for one in sent_signatures):
        raise NotSigned()
    return expected


def _grafana(secret: bytes, body: bytes, headers: Mapping[str, str], now: datetime) -> str:
    """Check Grafana's HMAC of `TIMESTAMP:BODY`, with the timestamp from its header."""
    timestamp = headers.get("x-grafana-alerting-timestamp", "")
    if not (timestamp.isdigit() and len(timestamp) <= 12):
        raise NotSigned()
    if abs(now.timestamp() - int(timestamp)) > signatures.ACCEPTED_FOR.total_seconds():
        raise NotSigned()
    expected = hmac.new(secret, timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    if not _is_same(headers.get("x-grafana-alerting-signature", "").encode(), expected.encode()):
        raise NotSigned()
    return expected


def _is_same(received: bytes, expected: bytes) -> bool:
    return hmac.compare_digest(hashlib.sha256(received).digest(), hashlib.sha256(expected).digest())
