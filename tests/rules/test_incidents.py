"""Titles, severities and status changes that an incident may have."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import recognition, rules

SLACK_NAME = re.compile(r"^[a-z0-9_-]{1,80}$")


@given(st.integers(1, 10**9), st.text(max_size=300), st.integers(1, 5))
def test_every_title_gives_a_channel_name_that_slack_accepts(number: int, title: str, attempt: int) -> None:
    name = rules.channel_name(number, title, attempt)

    assert SLACK_NAME.match(name)
    assert name.startswith(f"inc-{number}-")
    assert len(name) > len(f"inc-{number}-")


def test_a_channel_is_not_named_after_an_emoji() -> None:
    assert rules.channel_name(7, ":fire: IVR down :flag-ph:") == "inc-7-ivr-down"
    assert rules.channel_name(7, "Down since 12:30:15") == "inc-7-down-since-12-30-15"
    assert rules.channel_name(7, ":fire:") == "inc-7-incident"


def test_a_long_title_gives_a_channel_name_of_whole_words() -> None:
    words = "payments fail for every second customer in manila and cebu since nine"
    assert rules.channel_name(7, words) == "inc-7-payments-fail-for-every-second-customer-in-manila"
    assert rules.channel_name(7, "x" * 90) == f"inc-7-{'x' * 50}"
    assert rules.channel_name(10**30, "x" * 90, 12) == f"inc-{10**30}-{'x' * 41}-12"


@given(st.text(max_size=60))
def test_another_attempt_gives_another_name(title: str) -> None:
    names = [rules.channel_name(7, title, attempt) for attempt in range(1, 6)]

    assert len(set(names)) == len(names)


@given(st.text(max_size=5000))
def test_a_clean_title_is_one_line_without_control_characters(words: str) -> None:
    title = rules.clean_title(words)

    assert len(title) <= rules.LONGEST_TITLE
    assert len(title.splitlines()) <= 1
    assert len(rules.clean_title(f"{words}{'x' * 5000}")) == rules.LONGEST_TITLE
    assert rules.clean_title(title) == title


@pytest.mark.parametrize("title", ["नमस्ते क्‍ष", "می‌خواهم", "👩‍👩‍👧 gone", "電話が全部つながらない"])
def test_joined_letters_and_emoji_stay_joined(title: str) -> None:
    assert rules.clean_title(title) == title


@pytest.mark.parametrize("trick", ["a\u202eb", "a\x00b", "a\nb", "a\u2028b", "a\x1b[31mb"])
def test_invisible_characters_are_removed(trick: str) -> None:
    assert not set("\u202e\x00\n\u2028\x1b") & set(rules.clean_title(trick))


@pytest.mark.parametrize(
    ("typed", "severity", "title"),
    [
        ("S1 IVR down", "S1", "IVR down"),
        ("sev-0: all dead", "S0", "all dead"),
        ("IVR down", None, "IVR down"),
        ("S2", "S2", ""),
        ("", None, ""),
        ("S3cret out", None, "S3cret out"),
    ],
)
def test_a_declaration_is_read_as_people_type_it(typed: str, severity: str | None, title: str) -> None:
    assert recognition.read_declaration(typed) == recognition.Declaration(severity, title)


@pytest.mark.parametrize("typed", ["P1 IVR down", "p3 x", "P-2: x"])
def test_a_priority_is_not_taken_for_a_severity(typed: str) -> None:
    with pytest.raises(rules.PriorityIsNotSeverity):
        recognition.read_declaration(typed)


@given(st.text(max_size=60))
def test_only_five_severities_exist(typed: str) -> None:
    try:
        assert rules.read_severity(typed) in ("S0", "S1", "S2", "S3", "S4")
    except (rules.UnknownSeverity, rules.PriorityIsNotSeverity) as refused:
        assert "<" not in refused.sentence


@pytest.mark.parametrize("typed", [" s04 ", "sev4", "SEVERITY 4:", "Sev-4"])
def test_a_severity_is_read_in_many_spellings(typed: str) -> None:
    assert rules.read_severity(typed) == "S4"


@pytest.mark.parametrize("typed", ["S5", "S14", "S-", "S", "4", "S1x", "S0.5", "S4444"])
def test_what_is_none_of_the_five_severities_is_refused(typed: str) -> None:
    with pytest.raises(rules.UnknownSeverity):
        rules.read_severity(typed)


@given(st.text(max_size=200))
def test_text_quoted_in_a_refusal_cannot_be_markup(typed: str) -> None:
    shown = rules.quoted(typed)

    assert 0 < len(shown) <= rules.LONGEST_QUOTED
    assert len(rules.quoted(f"{typed}{'x' * 50}")) == rules.LONGEST_QUOTED
    assert not set("<>&`") & set(shown)


@pytest.mark.parametrize(
    ("mine", "other", "is_alike"),
    [
        ("IVR down in Manila", "Manila IVR is down", True),
        ("IVR down", "CRM down", False),
        ("the and of", "the and of", False),
        ("電話 不通", "電話 不通", True),
    ],
)
def test_titles_about_the_same_thing_are_alike(mine: str, other: str, is_alike: bool) -> None:
    assert recognition.find_duplicates(mine, [(4, other)]) == ([4] if is_alike else [])


def test_only_a_resolved_incident_closes_and_only_one_that_is_over_reopens() -> None:
    for status in rules.Status:
        may_close = status == rules.Status.RESOLVED
        may_reopen = status in (rules.Status.RESOLVED, *rules.OVER)
        assert _allows(rules.check_may_close, status) == may_close
        assert _allows(rules.check_may_reopen, status) == may_reopen


@pytest.mark.parametrize(
    ("check", "status", "error"),
    [
        (rules.check_may_change, rules.Status.CLOSED, rules.AlreadyOver),
        (rules.check_may_change, rules.Status.MERGED, rules.AlreadyMerged),
        (rules.check_may_describe, rules.Status.MERGED, rules.AlreadyMerged),
        (rules.check_may_describe, rules.Status.DECLINED, rules.AlreadyOver),
        (rules.check_may_resolve, rules.Status.RESOLVED, rules.AlreadyResolved),
        (rules.check_may_resolve, rules.Status.CLOSED, rules.AlreadyOver),
        (rules.check_may_close, rules.Status.CLOSED, rules.AlreadyOver),
        (rules.check_may_close, rules.Status.MERGED, rules.AlreadyMerged),
        (rules.check_may_close, rules.Status.MONITORING, rules.NotResolvedYet),
    ],
)
def test_what_is_over_is_refused_with_what_it_is(
    check: Callable[[int, str], None], status: rules.Status, error: type[Exception]
) -> None:
    with pytest.raises(error):
        check(1, status)


def test_the_post_mortem_of_a_closed_incident_may_be_completed() -> None:
    rules.check_may_describe(1, rules.Status.CLOSED)
    rules.check_may_resolve(1, rules.Status.MONITORING)


NOON, HOUR = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(hours=1)


@pytest.mark.parametrize(
    ("started_at", "ended_at", "error"),
    [
        (None, NOON, rules.StartMissing),
        (NOON, None, rules.EndMissing),
        (NOON, NOON, rules.EndBeforeStart),
        (NOON, NOON - HOUR, rules.EndBeforeStart),
        (NOON, NOON + 2 * HOUR, rules.StillToCome),
    ],
)
def test_the_times_of_a_past_incident_are_both_given_in_order_and_past(
    started_at: datetime | None, ended_at: datetime | None, error: type[Exception]
) -> None:
    rules.check_past(None, None, NOON + HOUR)
    rules.check_past(NOON, NOON + HOUR, NOON + HOUR)
    with pytest.raises(error):
        rules.check_past(started_at, ended_at, NOON + HOUR)


@pytest.mark.parametrize(
    ("new", "current", "shown", "error"),
    [
        ("S1", "S1", "S1", rules.NotChanged),
        ("S1", "S1", "S2", rules.NotChanged),
        ("S1", "S0", "S2", rules.ChangedMeanwhile),
    ],
)
def test_a_form_changes_nothing_that_is_so_already_or_that_somebody_else_changed(
    new: str, current: str, shown: str, error: type[Exception]
) -> None:
    rules.check_new_state("S1", "S2", "S2")
    rules.check_new_state("S1", "S2", "")
    with pytest.raises(error):
        rules.check_new_state(new, current, shown)


def _allows(check: Callable[[int, str], None], status: str) -> bool:
    try:
        check(1, status)
    except (rules.AlreadyOver, rules.NotResolvedYet, rules.StillOpen, rules.AlreadyMerged):
        return False
    return True


def test_a_lower_number_is_graver() -> None:
    assert all(rules.is_higher(graver, than) for graver, than in pairwise(["S0", "S1", "S2", "S3", "S4"]))
    assert not rules.is_higher("S1", "S1")
    assert not rules.is_higher("S2", "S1")


def test_permission_is_granted_by_role_by_group_or_to_anyone() -> None:
    assert rules.is_permitted(["anyone"], "U1", [], [])
    assert rules.is_permitted(["commander"], "U1", ["commander"], [])
    assert rules.is_permitted(["@leads"], "U1", [], ["leads"])
    assert rules.is_permitted(["commander", "U1"], "U1", [], [])
    assert not rules.is_permitted(["commander", "@leads", "U1"], "U2", ["scribe"], ["others"])
    assert not rules.is_permitted(["leads"], "U1", [], ["leads"]), "a group is written with an @"
    assert not rules.is_permitted([], "U1", ["commander"], ["leads"])
