"""The monitoring systems that may send alerts, with their secrets and settings; and whether a request is theirs."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from msgspec import Struct

from bot.alerts.rules import ReceivedAlert
from bot.alerts.sns import Certificates, check_message, fetcher
from bot.config import settings as settings_of
from bot.config.floor import AlertRule, AlertSource, Floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime.network import Network
from bot.runtime.templates import Expression, ExpressionBroken
from bot.sources import signatures
from bot.sources.signatures import NotSigned

PAGERDUTY_MOST = 10


class AlertSecretMissing(WatchfloorError):
    """floor.yaml names {variable} for the alerts of `{name}`, but it is not set. Set it, or remove them."""


class CryptographyMissing(WatchfloorError):
    """Alerts of SNS need the package cryptography; `pip install 'watchfloor[sns]'` brings it."""


class CompiledRule(Struct, frozen=True):
    """A rule with its compiled expressions."""

    described: AlertRule
    when: Expression
    title: Expression | None


class ConfiguredAlertSource(Struct, frozen=True):
    """A system that may send alerts."""

    name: str
    described: AlertSource
    secret: bytes
    rules: tuple[CompiledRule, ...]
    mapping: Mapping[str, Expression]

    def rule_of(self, alert: ReceivedAlert) -> int | None:
        """The index of the first rule that matches an alert; None if none does."""
        for rule_index, rule in enumerate(self.rules):
            try:
                if rule.when(**alert.facts):
                    return rule_index
            except ExpressionBroken:
                continue  # such as adding strings: the rule does not match
        return None

    def title_of(self, alert: ReceivedAlert, rule_index: int) -> str:
        """The title of an incident for the alert."""
        title_expression = self.rules[rule_index].title
        if title_expression is None:
            return alert.title
        try:
            return " ".join(str(title_expression(**alert.facts)).split())[:300] or alert.title
        except ExpressionBroken:
            return alert.title


@dataclass
class AlertSources:
    """All alert sources by name, built once."""

    by_name: Mapping[str, ConfiguredAlertSource]
    certificates: Certificates = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, floor: Floor, environment: Mapping[str, str] | None = None) -> Self:
        """Build them from floor.yaml. Raises `AlertSecretMissing`, `ExpressionBroken`, `CryptographyMissing`."""
        values = settings_of.environment() if environment is None else environment
        sources_by_name = {name: _configure(name, described, values) for name, described in floor.alerts.items()}
        if any(described.kind == "sns" for described in floor.alerts.values()):
            _check_cryptography()
        return cls(sources_by_name, Certificates(fetcher(Network.of(settings.proxy, settings.ca_file))))


def _configure(name: str, described: AlertSource, environment: Mapping[str, str]) -> ConfiguredAlertSource:
    secret = environment.get(described.secret, "").strip() if described.secret else ""
    if described.secret and not secret:
        raise AlertSecretMissing(variable=described.secret, name=name)
    rules = tuple(
        CompiledRule(rule, Expression(rule.when), Expression(rule.title) if rule.title else None)
        for rule in described.rules
    )
    mapping = {key: Expression(text) for key, text in described.mapping.items()}
    return ConfiguredAlertSource(name, described, secret.encode(), rules, mapping)


def _check_cryptography() -> None:
    try:
        import cryptography
    except ImportError:
        raise CryptographyMissing() from None
    assert cryptography


def check_sender(
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
