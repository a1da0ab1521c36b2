"""Phrases in their readers' languages: an English phrase is its own key. Pure."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field


class Translator(Struct, frozen=True):
    """The phrases of one language, keyed by the English ones; without any, it is English."""

    language: str = "en"
    phrases: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, phrase: str, *places: object, **facts: object) -> str:
        """A phrase with its facts in place of `{}` and `{name}`; one without a translation stays English."""
        return self.phrases.get(phrase, phrase).format(*places, **facts)


# By language: patterns of English texts, each with its translation.
Patterns = Mapping[str, Sequence[tuple[str, str]]]


def by_pattern(text: str, language: str, *patterns: Patterns) -> str:
    """Translate a text that other rules have written in English; a text that matches no pattern stays."""
    for patterns_by_language in patterns:
        for pattern, translation in patterns_by_language.get(language, ()):
            if match := re.fullmatch(pattern, text):
                return match.expand(translation)
    return text


def translator_in(language: str, *phrase_tables: Mapping[str, Mapping[str, str]]) -> Translator:
    phrases: dict[str, str] = {}
    for phrases_by_language in phrase_tables:
        phrases |= phrases_by_language.get(language, {})
    return Translator(language, phrases)
