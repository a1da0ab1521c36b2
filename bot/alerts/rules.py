"""What an alert is, which group it belongs to, and what follows from it. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

LONGEST_TITLE = 300
LONGEST_TEXT = 1000
LONGEST_KEY = 200
MOST_LABELS = 40


class State(StrEnum):
    """Where a group of alerts stands."""

    # Fewer fire than the rule wants, or the rule only notes.
    NOTED = "noted"
    PROPOSED = "proposed"
    IGNORED = "ignored"
    # An incident is being opened, or has them.
    DECLARED = "declared"
    # Everything in it is resolved: what fires next is a new group.
    OVER = "over"


class ReceivedAlert(Struct, frozen=True):
    """An alert as a monitoring system sent it. `key` is the same while it is the same trouble."""

    key: str
    title: str
    is_firing: bool
    severity: str = ""
    text: str = ""
    link: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    # When it began to fire, or when it was resolved; None when the system does not say.
    at: datetime | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What the expressions of floor.yaml see."""
        return {"title": self.title, "severity": self.severity, "text": self.text, "labels": dict(self.labels)}


def tidy(alert: ReceivedAlert) -> ReceivedAlert:
    """Within bounds, whatever was sent; keys that are too long are told apart by their digest."""
    key = alert.key
    if len(key) > LONGEST_KEY:
        key = hashlib.sha256(key.encode()).hexdigest()
    labels = {str(name)[:100]: str(value)[:500] for name, value in list(alert.labels.items())[:MOST_LABELS]}
    return ReceivedAlert(
        key=key,
        title=" ".join(alert.title.split())[:LONGEST_TITLE] or key,
        is_firing=alert.is_firing,
        severity=alert.severity[:50],
        text=alert.text[:LONGEST_TEXT],
        link=alert.link if alert.link.startswith("https://") and len(alert.link) <= 1000 else "",
        labels=labels,
        at=alert.at,
    )


def group_key(alert: ReceivedAlert, group_by: Sequence[str]) -> str:
    """The same for alerts whose labels have the same values; without labels to group by, the alert's own."""
    if not group_by:
        return alert.key
    values = [f"{name}={alert.labels.get(name, '')}" for name in group_by]
    text = ", ".join(values)
    return text if len(text) <= LONGEST_KEY else hashlib.sha256(text.encode()).hexdigest()


def is_outdated(alert: ReceivedAlert, known_at: datetime) -> bool:
    """Is it older than what is known of this alert, such as a request that came late or twice?"""
    return alert.at is not None and alert.at < known_at


def reaches(fired_at: Iterable[datetime], at_least: int, within: timedelta, now: datetime) -> bool:
    """Do enough of those that fire now have begun lately? Those that are resolved must not be among them."""
    return sum(1 for moment in fired_at if now - moment <= within) >= at_least
