"""What a timeline entry says, in words. One place for every surface and both languages; pure."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Formatter
from typing import Any, Protocol

from bot.slack.text import mentioned_people, spoken
from bot.timeline import words_en, words_es

Naming = Callable[[str], str]
Facts = dict[str, Any]

PEOPLE = ("user", "author")
# Their words came from Slack as it writes them: ids for names, escapes for `<` and `&`.
SAID = ("message", "shortcut_message")
# What somebody wrote stands in them as `text`.
TEXTS = (*SAID, "note", "decision", "ruled_out", "customer_impact", "impact")
MESSAGE = "message"
# Facts that are the bot's own words and not a person's; `{fact}` or `kind {fact}` is looked up in the language.
OWN_WORDS = (
    *(("status", "new"), ("status", "old"), ("update_sent", "manner"), ("severity", "reason")),
    *(("channel_lost", "reason"), ("page_passed_over", "reason"), ("paged", "reason"), ("step_reminded", "level")),
    ("postmortem_reviewed", "verdict"),
    *(("milestone", "milestone"), ("gap", "length"), ("gap_refused", "length")),
)


@dataclass(frozen=True)
class Language:
    """The words of one language."""

    sentences: Mapping[str, str]
    small: Mapping[str, str]
    terms: Mapping[str, str]

    def term(self, kind: str, given: str) -> str:
        """One of the bot's own words in this language."""
        return self.terms.get(f"{kind} {given}", self.terms.get(given, given))


ENGLISH = Language(words_en.SENTENCES, words_en.SMALL, words_en.TERMS)
LANGUAGES = {
    "en": ENGLISH,
    "es": Language(words_es.SENTENCES, words_es.SMALL, words_es.TERMS),
}
SENTENCES = words_en.SENTENCES


class Entry(Protocol):
    """What is needed of an entry to say it."""

    kind: str
    actor_id: str | None
    facts: Facts
    correction: Facts | None


def utc(at: datetime) -> str:
    """A moment as it is written where nobody's zone is known."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def sentence(
    kind: str,
    actor_id: str | None,
    facts: Facts,
    name: Naming,
    language: str = "en",
    when: Callable[[datetime], str] = utc,
) -> str:
    """The entry as one sentence.

    `name` says how a person is written on the surface that shows it, `when` how a moment is.
    """
    words = LANGUAGES.get(language, ENGLISH)
    pattern = words.sentences.get(kind, ENGLISH.sentences.get(kind, kind.replace("_", " ")))
    given = _given(kind, actor_id, facts, name, words)
    if facts.get("reached_at"):
        given["when"] = when(datetime.fromisoformat(facts["reached_at"]))
    needed = {key for _, key, _, _ in Formatter().parse(pattern) if key}
    return pattern.format(**{key: given.get(key, words.small["unknown"]) for key in needed})


def _given(kind: str, actor_id: str | None, facts: Facts, name: Naming, words: Language) -> Facts:
    who = facts.get("author_name") or (name(actor_id) if actor_id else words.small["watchfloor"])
    author = facts.get("author")
    given: Facts = {"who": who, "answered": _answered(facts, name)}
    given["of_whom"] = words.small["of_whom"].format(name=name(author)) if author else ""
    given["whom"] = f" {name(facts['user'])}" if facts.get("user") else ""
    for key, value in facts.items():
        given[key] = name(value) if key in PEOPLE and isinstance(value, str) else value
        if (kind, key) in OWN_WORDS:
            given[key] = words.term(kind, str(value))
    given["because"] = f": {given['reason']}" if facts.get("reason") else ""
    if kind in SAID:
        given["text"] = spoken(str(facts.get("text", "")), name)
    return given


def said(entry: Entry, name: Naming, language: str = "en", when: Callable[[datetime], str] = utc) -> str:
    """The entry as one sentence, with the words that somebody put right."""
    right = str((entry.correction or {}).get("words") or "")
    if right and entry.kind not in TEXTS:
        return right
    facts = entry.facts
    if right:
        facts = facts | {"text": html.escape(right, quote=False) if entry.kind in SAID else right}
    return sentence(entry.kind, entry.actor_id, facts, name, language, when)


def amendable(entry: Entry, name: Naming, language: str = "en") -> str:
    """The words of an entry that somebody may put right: what was typed, or else the whole sentence."""
    right = (entry.correction or {}).get("words")
    if right or entry.kind not in TEXTS:
        return str(right or sentence(entry.kind, entry.actor_id, entry.facts, name, language))
    text = str(entry.facts.get("text", ""))
    return spoken(text, name) if entry.kind in SAID else text


def told(entry: Entry, name: Naming, language: str = "en", when: Callable[[datetime], str] = utc) -> str:
    """The entry with everything that became of it: corrected, deleted, edited, its files, its thread."""
    words = LANGUAGES.get(language, ENGLISH)
    if entry.facts.get("deleted_at") and not entry.correction:
        return words.small["deleted"].format(who=name(entry.actor_id or ""))
    line = said(entry, name, language, when)
    notes = [words.small["corrected"]] if entry.correction else []
    notes += _trail(entry.facts, name, words) if entry.kind == MESSAGE else []
    return f"{line} [{'; '.join(notes)}]" if notes else line


def _trail(facts: Facts, name: Naming, words: Language) -> list[str]:
    notes = [words.small["recovered"]] if facts.get("recovered") else []
    notes += [words.small["thread"]] if facts.get("thread_ts") else []
    if facts.get("files"):
        notes.append(words.small["files"].format(names=", ".join(file["name"] for file in facts["files"])))
    return notes + [words.small["earlier"].format(words=spoken(text, name)) for text in facts.get("earlier", [])]


def _answered(facts: Facts, name: Naming) -> str:
    answers = facts.get("answers") or {}
    given = [f"{asked} {spoken(str(answer), name)}" for asked, answer in answers.items()]
    return f" ({'; '.join(given)})" if given else ""


def people_in(facts: Facts) -> set[str]:
    """Everyone a fact speaks of: their names are needed for the sentence."""
    texts = [facts.get("text") or "", *facts.get("earlier", []), *(facts.get("answers") or {}).values()]
    named = {facts[key] for key in PEOPLE if isinstance(facts.get(key), str)}
    return named.union(*(mentioned_people(str(words)) for words in texts))
