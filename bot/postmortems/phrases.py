"""The words of a post-mortem in one language: phrases with named places to fill. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.slack.text import format_duration


class _KeepUnknown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _in_sentence(title: str) -> str:
    """A role's title in small letters; an abbreviation such as IC keeps its own."""
    return " ".join(word if word.isupper() else word.lower() for word in title.split(" "))


class Phrases:
    """The phrases of one language."""

    def __init__(self, language: str, phrases: Mapping[str, str], zone: str = "UTC") -> None:
        self.language = language
        self.zone = zone
        self._phrases = phrases

    def __call__(self, key: str, /, **facts: object) -> str:
        """The phrase of that key, filled. A phrase that is missing or broken is shown as it is, never an error."""
        pattern = self._phrases.get(key, key.replace("_", " "))
        try:
            return pattern.format_map(_KeepUnknown({name: str(fact) for name, fact in facts.items()}))
        except (ValueError, IndexError, AttributeError, KeyError):
            return pattern

    def has(self, key: str) -> bool:
        """Is there a phrase of that key?"""
        return key in self._phrases

    def unknown(self, role: str, question: str = "") -> str:
        """What the record does not hold, and who would know."""
        ask = self("unknown_ask", role=_in_sentence(role))
        return f"{ask}: {question}" if question else ask

    def length(self, duration: timedelta) -> str:
        """A length of time as people say it."""
        if duration < timedelta(minutes=1):
            return self("less_than_a_minute")
        return format_duration(duration)

    def nth(self, label: str, n: int) -> str:
        """The second, third … person of a role, or without one."""
        is_without_role = label == self("participant")
        if is_without_role and n == 2:
            return self("another_participant")
        ordinals = self("ordinals").split(", ")
        ordinal = ordinals[n - 2] if n - 2 < len(ordinals) else self("ordinal_beyond", n=n)
        return self("nth_participant" if is_without_role else "nth_person", ordinal=ordinal, role=label)

    def local(self, at: datetime) -> datetime:
        """The moment as clocks on the floor show it."""
        return at.astimezone(ZoneInfo(self.zone))

    def moment(self, at: datetime | None) -> str:
        """Day and time on the floor with UTC beside it; `unknown` for None."""
        if at is None:
            return self("unknown")
        return f"{self.local(at):%Y-%m-%d} {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """The time of day on the floor with UTC beside it, and its day when that is another one."""
        utc, local = at.astimezone(UTC), self.local(at)
        if local.utcoffset() == utc.utcoffset():
            return f"{utc:%H:%M} UTC"
        beside = f"{utc:%H:%M} UTC" if utc.date() == local.date() else f"{utc:%Y-%m-%d %H:%M} UTC"
        return f"{local:%H:%M} ({beside})"
