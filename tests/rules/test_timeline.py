"""Every entry of the timeline is a sentence, whatever its facts."""

import ast
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap.nouns import build_registry
from bot.followups.rules import State
from bot.partners.rules import Answer
from bot.runtime.clock import utcnow
from bot.timeline import phrases_es, rules, wording
from bot.timeline.rules import FILTERS
from bot.timeline.tables import TimelineEntry
from bot.timeline.views import FILTER_TITLES

NAMES = {"U1": "Ana Reyes", "U2": "Ben Okafor"}


def named(user_id: str) -> str:
    return NAMES.get(user_id, "someone")


@pytest.mark.parametrize(
    ("kind", "actor", "facts", "sentence"),
    [
        (
            "severity",
            "U1",
            {"old": "S2", "new": "S1", "reason": "worse"},
            "Ana Reyes changed the severity from S2 to S1: worse",
        ),
        ("status", "U1", {"new": "mitigated", "reason": ""}, "Ana Reyes set the status to mitigated"),
        ("role_given", "U1", {"user": "U2", "role": "scribe"}, "Ana Reyes made Ben Okafor scribe"),
        ("message", "U2", {"text": "ask <@U1> &amp; wait"}, "Ben Okafor: ask @Ana Reyes & wait"),
        (
            "shortcut_message",
            "U1",
            {"text": "5 &lt; 6", "link": "https://x", "author": "U2"},
            "It began with a message of Ben Okafor: 5 < 6 (https://x)",
        ),
        (
            "step_done",
            "U1",
            {"step": "Call", "answers": {"Who?": "<@U2>", "How many?": "12"}},
            "Ana Reyes finished: Call (Who? @Ben Okafor; How many? 12)",
        ),
        ("channel_lost", None, {"reason": "it was archived"}, "Watchfloor lost the channel: it was archived"),
        ("something_new", "U1", {}, "something new"),
    ],
)
def test_an_entry_reads_as_a_sentence(kind: str, actor: str | None, facts: dict[str, Any], sentence: str) -> None:
    assert wording.sentence(kind, actor, facts, named) == sentence


def test_every_recorded_kind_has_a_sentence_in_every_language() -> None:
    for name, language in wording.LANGUAGES.items():
        assert sorted(language.sentences) == sorted(wording.ENGLISH.sentences), name
        assert sorted(language.small) == sorted(wording.ENGLISH.small), name
    assert written_kinds() - set(wording.ENGLISH.sentences) == set()


def test_slacks_refusals_are_described_in_spanish() -> None:
    purposes = {kind.purpose for kind in build_registry().kinds if kind.purpose}
    assert purposes - phrases_es.REFUSED.keys() == set()
    facts = {"what": "send the executives update to #board", "reason": "is_archived"}
    sentence = wording.sentence("trouble", None, facts, named, "es")
    assert sentence == "Slack no me dejó enviar la actualización para Dirección a #board: is_archived"
    sentence = wording.sentence("trouble", None, {"what": "invite", "user": "U2", "reason": "x"}, named, "es")
    assert sentence == "Slack no me dejó invitar a Ben Okafor: x"


def test_every_recorded_kind_is_in_a_filter_and_no_filter_names_another() -> None:
    shown = [kind for kinds in FILTERS.values() for kind in kinds]

    assert sorted(set(wording.ENGLISH.sentences) - set(shown)) == []
    assert sorted(set(shown) - texts_in_code()) == []
    assert written_kinds() - set(shown) == set()


def test_every_filter_has_a_title_in_the_menu() -> None:
    assert list(FILTER_TITLES) == list(FILTERS)


@cache
def syntax_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def texts_in_code() -> set[str]:
    """Return every text of the bot's code outside the timeline's tables of kinds, and all composed kinds."""
    tables_of_kinds = ("rules.py", "words_en.py", "words_es.py", "wording.py", "erasing.py", "lanes.py", "views.py")
    texts: set[str] = {*rules.NOTES, *(f"partner_{answer}" for answer in Answer)}
    for file in Path(wording.__file__).parents[1].rglob("*.py"):
        if file.parent.name == "versions" or (file.parent.name == "timeline" and file.name in tables_of_kinds):
            continue
        constants = (node.value for node in ast.walk(syntax_of(file)) if isinstance(node, ast.Constant))
        texts.update(text for text in constants if isinstance(text, str))
    return texts | {f"followup_{state}" for state in State}


def written_kinds() -> set[str]:
    """Return the kinds that the bot's code writes as literals."""
    places = {"append": 2, "append_once": 3}
    kinds: set[str] = set()
    for file in Path(wording.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(syntax_of(file)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "timeline" and node.func.attr in places:
                kind = node.args[places[node.func.attr]]
                kinds |= {str(kind.value)} if isinstance(kind, ast.Constant) else set()
    return kinds


@pytest.mark.parametrize("pattern", ["sentences", "small"])
def test_both_languages_use_the_same_facts(pattern: str) -> None:
    for kind, words in getattr(wording.ENGLISH, pattern).items():
        translation = getattr(wording.LANGUAGES["es"], pattern)[kind]
        assert facts_in(translation) <= facts_in(words) | {"who"}, kind


def facts_in(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        ("status", {"new": "mitigated", "reason": "la línea"}, "Ana Reyes cambió el estado a mitigado: la línea"),
        (
            "update_sent",
            {"audience": "Operations", "manner": " late"},
            "Se envió la actualización para Operaciones con retraso",
        ),
        ("decision", {"text": "cambiar de línea"}, "Decisión, anotada por Ana Reyes: cambiar de línea"),
        (
            "milestone",
            {"milestone": "started", "reached_at": "2026-10-25T00:50:00+00:00", "reason": "aviso"},
            "Ana Reyes fijó cuándo empezó en 2026-10-25 00:50 UTC: aviso",
        ),
    ],
)
def test_an_entry_reads_in_spanish(kind: str, facts: dict[str, Any], sentence: str) -> None:
    assert wording.sentence(kind, "U1", facts, named, "es") == sentence


def test_the_later_history_of_a_message_follows_its_text() -> None:
    facts = {"text": "now", "earlier": ["before"], "files": [{"name": "a.png", "link": ""}], "recovered": True}
    entry = TimelineEntry(incident_id=1, at=utcnow(), kind="message", actor_id="U1", facts=facts)

    assert wording.full_sentence(entry, named) == "Ana Reyes: now [recovered; files: a.png; said before: before]"
    entry.correction = {"words": "put right"}
    assert wording.full_sentence(entry, named, "es").startswith("Ana Reyes: put right [corregido;")
    entry.correction, entry.facts = None, {"deleted_at": "2026-10-25T00:50:00+00:00"}
    assert wording.full_sentence(entry, named, "es") == "Ana Reyes borró un mensaje"


@given(
    st.sampled_from(sorted(wording.ENGLISH.sentences)),
    st.dictionaries(
        st.sampled_from(["text", "reason", "new", "old", "user", "step", "role"]), st.text(max_size=20)
    ),
)
def test_no_entry_fails_on_extra_or_missing_facts(kind: str, facts: dict[str, Any]) -> None:
    assert wording.sentence(kind, "U1", facts, named)
    assert wording.sentence(kind, "U1", facts, named, "es")


def test_everyone_mentioned_in_an_entry_is_found() -> None:
    facts = {"user": "U1", "text": "for <@U2>", "answers": {"Who?": "<@U3>"}}

    assert wording.user_ids_in(facts) == {"U1", "U2", "U3"}
