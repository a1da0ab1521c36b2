"""What a declaration typed in one line tells about the incident."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import parse, rules
from bot.incidents.recognition import (
    Declaration,
    fold,
    places_in_title,
    read_declaration,
    recognise_type,
    significant_words,
)

TELLING = {"telephony": ["ivr", "calls"], "routing": ["wrong queue"], "payment": ["checkout"], "wfm": ["nómina"]}
SPACES = [" ", "  ", "\u00a0", "\u202f", "\u3000", "\n", "\r\n", "\t"]
SEPARATORS = ["", ":", " :", ",", ";", "-", " -", " – ", "—", "."]
SEVERITIES = {"S1": "S1", "s0": "S0", "sev1": "S1", "SEV-2": "S2", "sev 3": "S3", "Severity 4": "S4"}


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("IVR down in Manila", "telephony"),
        ("Calls go to the wrong queue", "routing"),
        ("checkout: cards declined", "payment"),
        ("NOMINA parada", "wfm"),
        ("recalls are late", "other"),
        ("電話", "other"),
        ("", "other"),
    ],
)
def test_the_type_is_recognised_by_whole_words_and_the_longest_wins(title: str, kind: str) -> None:
    assert recognise_type(title, TELLING) == kind


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("title", ["ivr down in MANILA and bogotá", "Manila, Bogota: no calls", "BOGOTÁ/manila"])
def test_sites_are_recognised_whatever_their_case_accents_and_letters(title: str, form: str) -> None:
    typed = unicodedata.normalize(form, title)  # type: ignore[arg-type]  # the parameters are its literals

    assert places_in_title(typed, ["Manila", "Bogotá", "Cebu"]) == ["Manila", "Bogotá"]


def test_marks_of_other_scripts_are_no_accents() -> None:
    assert fold("गि") != fold("गी")


@given(st.sampled_from(sorted(SEVERITIES)), st.sampled_from(SEPARATORS), st.sampled_from(SPACES))
def test_a_severity_is_understood_whatever_stands_between_it_and_the_title(
    typed: str, separator: str, space: str
) -> None:
    text = f"{typed}{separator}{space}IVR down"

    assert read_declaration(text) == Declaration(SEVERITIES[typed], "IVR down")


@pytest.mark.parametrize("typed", ["S1,", "s1:", " S1 ", "S1 -", "S1\u00a0"])
def test_a_severity_alone_has_no_title(typed: str) -> None:
    assert read_declaration(typed) == Declaration("S1", "")


@pytest.mark.parametrize(
    "typed", ["S3cret out", "P95 latency high", "S", "Sales is down", "s 1 x", "S1.5 is broken"]
)
def test_what_only_begins_like_a_severity_is_the_title(typed: str) -> None:
    assert read_declaration(typed) == Declaration(None, typed)


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused_with_a_sentence(typed: str) -> None:
    try:
        declaration = read_declaration(typed)
    except (rules.UnknownSeverity, rules.PriorityIsNotSeverity):
        return
    assert declaration.title == rules.clean_title(declaration.title)
    assert declaration.severity in (None, "S0", "S1", "S2", "S3", "S4")


@given(st.text(max_size=80))
def test_text_is_compared_alike_however_its_accents_were_typed(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    assert fold(composed) == fold(decomposed)
    assert significant_words(composed) == significant_words(decomposed)
    assert rules.clean_title(composed) == rules.clean_title(decomposed)


@pytest.mark.parametrize("space", SPACES)
def test_the_word_behind_the_command_ends_at_any_space(space: str) -> None:
    body = {"user_id": "U1", "channel_id": "C1", "trigger_id": "t", "text": f"declare{space}S1 IVR down"}

    typed = parse.slash_command(body)

    assert (typed.word, typed.rest) == ("declare", "S1 IVR down")
