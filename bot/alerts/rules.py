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
    """The state of a group of alerts."""

    # Fewer alerts fire than the rule needs, or the rule only notes them.
    NOTED = "noted"
    PROPOSED = "proposed"
    IGNORED = "ignored"
    # An incident is being opened or has the alerts.
    DECLARED = "declared"
    # All its alerts are resolved: the next one to fire starts a new group.
    OVER = "over"


class ReceivedAlert(Struct, frozen=True):
    """An alert as a monitoring system sent it. `key` stays the same for the same problem."""

    key: str
    title: str
    is_firing: bool
    severity: str = ""
    text: str = ""
    link: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    # When it began to fire or was resolved; None if the system does not say.
    at: datetime | None = None

    @property
    def facts(self) -> dict[str, object]:
        """The variables of the expressions in floor.yaml."""
        return {"title": self.title, "severity": self.severity, "text": self.text, "labels": dict(self.labels)}


def tidy(alert: ReceivedAlert) -> ReceivedAlert:
    """The alert with its fields cut to their limits; a key that is too long is replaced by its digest."""
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
    """The key shared by alerts with equal values of the labels; without labels to group by, the alert's own."""
    if not group_by:
        return alert.key
    values = [f"{name}={alert.labels.get(name, '')}" for name in group_by]
    text = ", ".join(values)
    return text if len(text) <= LONGEST_KEY else hashlib.sha256(text.encode()).hexdigest()


def is_outdated(alert: ReceivedAlert, known_at: datetime) -> bool:
    """True if the alert is older than what is known of it, such as a late or repeated request."""
    return alert.at is not None and alert.at < known_at


def reaches(fired_at: Iterable[datetime], at_least: int, within: timedelta, now: datetime) -> bool:
    """True if enough of the firing alerts began within the time; the caller leaves out resolved ones."""
    return sum(1 for moment in fired_at if now - moment <= within) >= at_least
