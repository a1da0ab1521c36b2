"""The words of a post-mortem in one language: phrases with named places to fill. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.slack.text import format_duration


class _KeepUnknown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


class Phrases:
    """The phrases of one language."""

    def __init__(self, language: str, phrases: Mapping[str, str]) -> None:
        self.language = language
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

    def length(self, duration: timedelta) -> str:
        """A length of time as people say it."""
        if duration < timedelta(minutes=1):
            return self("less_than_a_minute")
        return format_duration(duration)

    def moment(self, at: datetime | None) -> str:
        """Day and time in UTC; `unknown` for None."""
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else self("unknown")
