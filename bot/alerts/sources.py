"""The monitoring systems that may send alerts, with their secrets and their settings in floor.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from msgspec import Struct

from bot.alerts.rules import ReceivedAlert
from bot.alerts.sns import Certificates, fetcher
from bot.config import settings as settings_of
from bot.config.floor import AlertRule, AlertSource, Floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime.network import Network
from bot.runtime.templates import Expression, ExpressionBroken


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
