"""Turns timeline entries into sentences, for every surface and in both languages. Pure."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from string import Formatter
from typing import Any, Protocol

from msgspec import Struct, field

from bot.slack.text import mentioned_user_ids, to_plain_text
from bot.timeline import phrases_en, phrases_es

NameOf = Callable[[str], str]
Facts = dict[str, Any]

PERSON_FACTS = ("user", "author")
# Their text is in Slack's own format: ids for names, escapes for `<` and `&`.
MESSAGE_KINDS = ("message", "shortcut_message")
# Kinds whose fact `text` was written by a person.
KINDS_WITH_TEXT = (
    *(*MESSAGE_KINDS, "note", "decision", "ruled_out", "customer_impact", "reported_again"),
    *("impact", "cause", "actions", "needs"),
)
MESSAGE = "message"
# Facts that are moments, and their names in the sentence.
MOMENT_FACTS = {"reached_at": "when", "old_at": "old", "new_at": "new", "due_at": "due"}
# Facts in the bot's own words, not a person's; `{fact}` or `kind {fact}` is looked up in the language.
TRANSLATED_FACTS = (
    *(("status", "new"), ("status", "old"), ("update_sent", "manner"), ("severity", "reason"), ("sites", "new")),
    *(
        ("trouble", "what"),
        ("channel_lost", "reason"),
        ("page_passed_over", "reason"),
        ("paged", "reason"),
        ("step_reminded", "level"),
    ),
    *(("postmortem_reviewed", "verdict"), ("cause", "certainty"), ("situation_cleared", "field")),
    *(("milestone", "milestone"), ("gap", "length"), ("gap_refused", "length")),
    *(("step_skipped", "reason"), ("update_late", "reason"), ("figures_warning", "text")),
    *((kind, "role") for kind in ("role_taken", "role_given", "role_handed_over", "role_left")),
    *(
        (kind, "audience")
        for kind in ("update_sent", "update_moved", "update_late", "update_pace", "updates_missed")
    ),
    *(("audience_added", "audience"), ("audience_removed", "audience")),
)


class Language(Struct, frozen=True):
    """The sentences and terms of one language."""

    sentences: Mapping[str, str]
    small: Mapping[str, str]
    terms: Mapping[str, str]
    # For sentences that contain names and figures: their pattern, and its translation with placeholders.
    patterns: Mapping[str, str] = field(default_factory=dict)

    def term(self, kind: str, text: str) -> str:
        """Translate one of the bot's own words or sentences."""
        return self.terms.get(f"{kind} {text}") or self.terms.get(text) or self._of_pattern(kind, text)

    def _of_pattern(self, kind: str, sentence: str) -> str:
        for pattern, translation in self.patterns.items():
            if match := re.fullmatch(pattern, sentence):
                return translation.format(*(self.term(kind, part) for part in match.groups()))
        return sentence


ENGLISH = Language(phrases_en.SENTENCES, phrases_en.PHRASES, phrases_en.TERMS)
LANGUAGES = {
    "en": ENGLISH,
    "es": Language(phrases_es.SENTENCES, phrases_es.PHRASES, phrases_es.TERMS, phrases_es.PATTERNS),
}


def term(kind: str, text: str, language: str) -> str:
    """Translate one of the bot's own words or sentences for a kind of entry; people's text stays unchanged."""
    return LANGUAGES.get(language, ENGLISH).term(kind, text)


class Entry(Protocol):
    """The part of an entry used for its sentence."""

    kind: str
    actor_id: str | None
    facts: Facts
    correction: Facts | None


def utc_text(at: datetime) -> str:
    """Return a moment in UTC, for when the reader's zone is unknown."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def sentence(
    kind: str,
    actor_id: str | None,
    facts: Facts,
    name_of: NameOf,
    language: str = "en",
    when: Callable[[datetime], str] = utc_text,
) -> str:
    """Return the entry as one sentence.

    `name_of` formats a person for the surface that shows it, `when` a moment.
    """
    translation = LANGUAGES.get(language, ENGLISH)
    pattern = translation.sentences.get(kind, ENGLISH.sentences.get(kind, kind.replace("_", " ")))
    values = _values(kind, actor_id, facts, name_of, translation)
    values |= {
        name: when(datetime.fromisoformat(facts[key])) for key, name in MOMENT_FACTS.items() if facts.get(key)
    }
    needed = {key for _, key, _, _ in Formatter().parse(pattern) if key}
    return pattern.format(**{key: values.get(key, translation.small["unknown"]) for key in needed})


def _values(kind: str, actor_id: str | None, facts: Facts, name_of: NameOf, translation: Language) -> Facts:
    actor = facts.get("author_name") or (name_of(actor_id) if actor_id else translation.small["watchfloor"])
    author = facts.get("author")
    values: Facts = {"who": actor, "answered": _answers(facts, name_of)}
    values["of_whom"] = translation.small["of_whom"].format(name=name_of(author)) if author else ""
    values["whom"] = f" {name_of(facts['user'])}" if facts.get("user") else ""
    for key, value in facts.items():
        values[key] = name_of(value) if key in PERSON_FACTS and isinstance(value, str) else value
        if (kind, key) in TRANSLATED_FACTS:
            values[key] = translation.term(kind, str(value))
    values["because"] = f": {values['reason']}" if facts.get("reason") else ""
    if kind in MESSAGE_KINDS:
        values["text"] = to_plain_text(str(facts.get("text", "")), name_of)
    return values


def corrected_facts(entry: Entry) -> Facts:
    """Return the entry's facts with its corrected text, or with its corrected sentence in place of the reason."""
    corrected_text = str((entry.correction or {}).get("words") or "")
    if not corrected_text:
        return entry.facts
    if entry.kind in KINDS_WITH_TEXT:
        is_message = entry.kind in MESSAGE_KINDS
        return entry.facts | {"text": html.escape(corrected_text, quote=False) if is_message else corrected_text}
    return entry.facts | {"reason": corrected_text} if entry.facts.get("reason") else entry.facts


def corrected_sentence(
    entry: Entry, name_of: NameOf, language: str = "en", when: Callable[[datetime], str] = utc_text
) -> str:
    """Return the entry as one sentence, with its corrected text if there is one."""
    corrected_text = str((entry.correction or {}).get("words") or "")
    if corrected_text and entry.kind not in KINDS_WITH_TEXT:
        return corrected_text
    return sentence(entry.kind, entry.actor_id, corrected_facts(entry), name_of, language, when)


def editable_text(entry: Entry, name_of: NameOf, language: str = "en") -> str:
    """Return the text of an entry that may be corrected: what was typed, or else the whole sentence."""
    corrected_text = (entry.correction or {}).get("words")
    if corrected_text or entry.kind not in KINDS_WITH_TEXT:
        return str(corrected_text or sentence(entry.kind, entry.actor_id, entry.facts, name_of, language))
    text = str(entry.facts.get("text", ""))
    return to_plain_text(text, name_of) if entry.kind in MESSAGE_KINDS else text


def full_sentence(
    entry: Entry, name_of: NameOf, language: str = "en", when: Callable[[datetime], str] = utc_text
) -> str:
    """Return the entry's sentence with remarks: corrected, deleted, edited, its files, its thread."""
    translation = LANGUAGES.get(language, ENGLISH)
    if entry.facts.get("deleted_at") and not entry.correction:
        return translation.small["deleted"].format(who=name_of(entry.actor_id or ""))
    return _with_remarks(entry, corrected_sentence(entry, name_of, language, when), name_of, translation)


def note_text(entry: Entry, name_of: NameOf, language: str = "en") -> str:
    """Return the text of a note without its introduction, with a remark if corrected; empty if no text is left."""
    text = editable_text(entry, name_of, language)
    return _with_remarks(entry, text, name_of, LANGUAGES.get(language, ENGLISH)) if text else ""


def _with_remarks(entry: Entry, text: str, name_of: NameOf, translation: Language) -> str:
    notes = [translation.small["corrected"]] if entry.correction else []
    notes += _notes(entry.facts, name_of, translation) if entry.kind == MESSAGE else []
    return f"{text} [{'; '.join(notes)}]" if notes else text


def _notes(facts: Facts, name_of: NameOf, translation: Language) -> list[str]:
    notes = [translation.small["recovered"]] if facts.get("recovered") else []
    notes += [translation.small["thread"]] if facts.get("thread_ts") else []
    if facts.get("files"):
        notes.append(translation.small["files"].format(names=", ".join(file["name"] for file in facts["files"])))
    return notes + [
        translation.small["earlier"].format(words=to_plain_text(text, name_of)) for text in facts.get("earlier", [])
    ]


def _answers(facts: Facts, name_of: NameOf) -> str:
    answers = facts.get("answers") or {}
    lines = [f"{question} {to_plain_text(str(answer), name_of)}" for question, answer in answers.items()]
    return f" ({'; '.join(lines)})" if lines else ""


def user_ids_in(facts: Facts) -> set[str]:
    """Return the users mentioned in the facts; the sentence needs their names."""
    texts = [facts.get("text") or "", *facts.get("earlier", []), *(facts.get("answers") or {}).values()]
    user_ids = {facts[key] for key in PERSON_FACTS if isinstance(facts.get(key), str)}
    return user_ids.union(*(mentioned_user_ids(str(text)) for text in texts))
