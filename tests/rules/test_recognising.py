"""Facts about an incident that are recognised in a declaration typed in one line."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import parse, recognition, rules
from bot.incidents.recognition import (
    Declaration,
    Kind,
    TwoKinds,
    fold,
    places_in_title,
    read_declaration,
    recognise_type,
    significant_words,
    split_severity,
)
from bot.timeline.rules import NoSuchTime

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
def test_sites_are_recognised_in_any_case_with_or_without_accents_and_in_any_unicode_form(
    title: str, form: str
) -> None:
    typed = unicodedata.normalize(form, title)  # type: ignore[arg-type]  # the parameters are its literals

    assert places_in_title(typed, ["Manila", "Bogotá", "Cebu"]) == ["Manila", "Bogotá"]


def test_marks_of_other_scripts_are_not_taken_for_accents() -> None:
    assert fold("गि") != fold("गी")


@given(st.sampled_from(sorted(SEVERITIES)), st.sampled_from(SEPARATORS), st.sampled_from(SPACES))
def test_a_severity_is_understood_with_any_separator_before_the_title(
    typed: str, separator: str, space: str
) -> None:
    text = f"{typed}{separator}{space}IVR down"

    assert read_declaration(text) == Declaration(SEVERITIES[typed], "IVR down")


@pytest.mark.parametrize(
    "typed",
    ["IVR down S1", "IVR down s1", "IVR down (S1)", "IVR down - sev1", "IVR down, severity 1", '"IVR down" S1.'],
)
def test_a_severity_may_also_end_the_declaration(typed: str) -> None:
    assert read_declaration(typed) == Declaration("S1", "IVR down")
    assert read_declaration(f"drill {typed}") == Declaration("S1", "IVR down", Kind.DRILL)


@pytest.mark.parametrize(
    "typed", ["No files in AWS S3", "Lines of rooms AS1", "CRM down P1", "S1s are late", "IVR-S1"]
)
def test_a_last_word_that_would_lower_the_severity_or_is_part_of_a_name_stays_in_the_title(typed: str) -> None:
    assert read_declaration(typed) == Declaration(None, typed)


@pytest.mark.parametrize(
    "typed",
    ["afterwards private S1 data leaked", "private: S1 drill", "drill afterwards S2 X", "Drill S1 private X"],
)
def test_two_kinds_of_declaration_are_refused(typed: str) -> None:
    with pytest.raises(TwoKinds):
        read_declaration(typed)


def test_the_same_kind_twice_is_part_of_the_title() -> None:
    assert read_declaration("drill S1 Drill rig fails") == Declaration("S1", "Drill rig fails", Kind.DRILL)


@pytest.mark.parametrize(
    "typed",
    ["“S1 IVR down”", '"S1 IVR down"', "S1 “IVR down”", "'S1: IVR down'", "«S1 IVR down» ", "„S1 IVR down“"],
)
def test_quotes_around_a_declaration_or_its_title_are_left_out(typed: str) -> None:
    assert read_declaration(typed) == Declaration("S1", "IVR down")


@pytest.mark.parametrize(
    ("typed", "severity", "reason"),
    [
        ("S0 Cebu too", "S0", "Cebu too"),
        ("sev 0, Cebu too", "sev 0", "Cebu too"),
        ("severity 0\u00a0Cebu too", "severity 0", "Cebu too"),
        ("s0. Cebu too", "s0", "Cebu too"),
        ("S0 :fire: Cebu", "S0", ":fire: Cebu"),
        ("S0", "S0", ""),
        ("high, Cebu too", "high, Cebu too", ""),
        ("", "", ""),
    ],
)
def test_a_severity_is_split_from_the_reason_as_people_type_it(typed: str, severity: str, reason: str) -> None:
    assert split_severity(typed) == (severity, reason)


@pytest.mark.parametrize("typed", ["S1 {}", "S1: {}", "sev 1 - {}", "drill S1 {}", "S1 drill {}"])
def test_a_title_may_begin_with_an_emoji(typed: str) -> None:
    assert read_declaration(typed.format(":fire: IVR down")).title == ":fire: IVR down"


@pytest.mark.parametrize(
    "typed", ['"Billing" and "Orders"', "Agents' and callers'", 'The queue "Billing"', '"Billing']
)
def test_quotes_within_a_title_belong_to_it(typed: str) -> None:
    assert read_declaration(f"S1 {typed}") == Declaration("S1", typed)


@pytest.mark.parametrize("typed", ["S1,", "s1:", " S1 ", "S1 -", "S1\u00a0"])
def test_a_severity_alone_has_no_title(typed: str) -> None:
    assert read_declaration(typed) == Declaration("S1", "")


@pytest.mark.parametrize(
    "typed", ["S3cret out", "P95 latency high", "S", "Sales is down", "s 1 x", "S1.5 is broken"]
)
def test_a_word_that_only_begins_like_a_severity_belongs_to_the_title(typed: str) -> None:
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
def test_composed_and_decomposed_accents_compare_equal(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    assert fold(composed) == fold(decomposed)
    assert significant_words(composed) == significant_words(decomposed)
    assert rules.clean_title(composed) == rules.clean_title(decomposed)


@pytest.mark.parametrize("space", SPACES)
def test_the_word_after_the_command_ends_at_any_space(space: str) -> None:
    body = {"user_id": "U1", "channel_id": "C1", "trigger_id": "t", "text": f"declare{space}S1 IVR down"}

    typed = parse.slash_command(body)

    assert (typed.subcommand, typed.argument) == ("declare", "S1 IVR down")


@pytest.mark.parametrize(
    ("typed", "declaration"),
    [
        ("afterwards S1 IVR was down", Declaration("S1", "IVR was down", Kind.AFTERWARDS)),
        ("S1 afterwards: IVR was down", Declaration("S1", "IVR was down", Kind.AFTERWARDS)),
        ("Retroactively, CRM slow", Declaration(None, "CRM slow", Kind.AFTERWARDS)),
        ("afterwards", Declaration(None, "", Kind.AFTERWARDS)),
        ("drill S0 IVR down", Declaration("S0", "IVR down", Kind.DRILL)),
        ("private customer data in CRM", Declaration(None, "customer data in CRM", Kind.PRIVATE)),
        ("Drill-down reports are empty", Declaration(None, "Drill-down reports are empty")),
        ("Privately owned trunk down", Declaration(None, "Privately owned trunk down")),
        ("CRM slow afterwards", Declaration(None, "CRM slow afterwards")),
    ],
)
def test_a_word_in_front_says_how_it_is_declared(typed: str, declaration: Declaration) -> None:
    assert read_declaration(typed) == declaration


# In Manila it is 17:07.
NOW = datetime(2026, 5, 13, 9, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "started", "ended"),
    [
        ("IVR down from 14:05 to 15:20", "2026-05-13 06:05", "2026-05-13 07:20"),
        ("IVR down 14:05-15:20", "2026-05-13 06:05", "2026-05-13 07:20"),
        ("IVR down, between 14.05 and 15.20", "2026-05-13 06:05", "2026-05-13 07:20"),
        ("IVR down from yesterday 23:10 until 00:40", "2026-05-12 15:10", "2026-05-12 16:40"),
        ("IVR down 23:10 – 00:40", "2026-05-12 15:10", "2026-05-12 16:40"),
        ("IVR down from 2026-05-01 08:00 to 2026-05-02 09:00", "2026-05-01 00:00", "2026-05-02 01:00"),
    ],
)
def test_times_at_the_end_are_in_the_writers_time_zone(typed: str, started: str, ended: str) -> None:
    past = recognition.read_past(typed, "Asia/Manila", NOW)

    assert past is not None
    assert past.title == "IVR down"
    assert [f"{at:%Y-%m-%d %H:%M}" for at in (past.started_at, past.ended_at)] == [started, ended]


def test_times_that_came_twice_are_named_with_the_one_that_was_taken() -> None:
    now = datetime(2026, 10, 25, 9, tzinfo=UTC)

    past = recognition.read_past("IVR down from 01:30 to 02:30", "Europe/Berlin", now)

    assert past is not None
    assert past.ended_at - past.started_at == timedelta(hours=2)
    assert past.notes == (
        " 02:30 came twice, because the clocks went back; I took the second. `/incident milestones` corrects it."
    )
    plain_past = recognition.read_past("IVR down from 01:30 to 03:30", "Europe/Berlin", now)
    assert plain_past is not None
    assert plain_past.notes == ""


@pytest.mark.parametrize("typed", ["IVR down", "IVR down at 14:05", "14:05 to 15:20", "IVR down from 9 to 10"])
def test_missing_times_are_asked_for(typed: str) -> None:
    assert recognition.read_past(typed, "Asia/Manila", NOW) is None


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("IVR down from 14:05 to 18:20", rules.StillToCome),
        ("IVR down from 25:05 to 18:20", NoSuchTime),
        ("IVR down from 2026-05-02 08:00 to 2026-05-01 09:00", rules.EndBeforeStart),
    ],
)
def test_impossible_times_are_refused(typed: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        recognition.read_past(typed, "Asia/Manila", NOW)
