"""The phrases of a post-mortem in one language, with named placeholders. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.slack.text import format_duration


class _KeepUnknown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _in_sentence(title: str) -> str:
    """Return a role's title in lower case; an abbreviation such as IC stays as it is."""
    return " ".join(word if word.isupper() else word.lower() for word in title.split(" "))


class Phrases:
    """The phrases of one language."""

    def __init__(self, language: str, phrases: Mapping[str, str], zone: str = "UTC") -> None:
        self.language = language
        self.zone = zone
        self._phrases = phrases

    def __call__(self, key: str, /, **facts: object) -> str:
        """Return the phrase with that key, filled in. A missing or broken phrase is shown as it is; no error."""
        pattern = self._phrases.get(key, key.replace("_", " "))
        try:
            return pattern.format_map(_KeepUnknown({name: str(fact) for name, fact in facts.items()}))
        except (ValueError, IndexError, AttributeError, KeyError):
            return pattern

    def has(self, key: str) -> bool:
        return key in self._phrases

    def unknown(self, role: str, question: str = "") -> str:
        """Return the phrase for what the record does not hold, naming the role that would know."""
        ask = self("unknown_ask", role=_in_sentence(role))
        return f"{ask}: {question}" if question else ask

    def length(self, duration: timedelta) -> str:
        """Return a duration in everyday words."""
        if duration < timedelta(minutes=1):
            return self("less_than_a_minute")
        return format_duration(duration)

    def nth(self, label: str, n: int) -> str:
        """Return the label of the second, third … person with a role, or of a participant without one."""
        is_without_role = label == self("participant")
        if is_without_role and n == 2:
            return self("another_participant")
        ordinals = self("ordinals").split(", ")
        ordinal = ordinals[n - 2] if n - 2 < len(ordinals) else self("ordinal_beyond", n=n)
        return self("nth_participant" if is_without_role else "nth_person", ordinal=ordinal, role=label)

    def local(self, at: datetime) -> datetime:
        """Return the moment in the floor's local time."""
        return at.astimezone(ZoneInfo(self.zone))

    def moment(self, at: datetime | None) -> str:
        """Return the local day and time with UTC beside it; `unknown` for None."""
        if at is None:
            return self("unknown")
        return f"{self.local(at):%Y-%m-%d} {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """Return the local time of day with UTC beside it, including the UTC day if it differs."""
        utc, local = at.astimezone(UTC), self.local(at)
        if local.utcoffset() == utc.utcoffset():
            return f"{utc:%H:%M} UTC"
        beside = f"{utc:%H:%M} UTC" if utc.date() == local.date() else f"{utc:%Y-%m-%d %H:%M} UTC"
        return f"{local:%H:%M} ({beside})"
