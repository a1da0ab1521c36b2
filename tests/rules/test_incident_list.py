"""How `/incident list …` is read, and what is suggested for an unknown command."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import build_registry
from bot.incidents.unknown_subcommands import ENDING, unknown_subcommand
from bot.screens.incident_list.rules import ALL, CLOSED, LONGEST_PERIOD_H, OPEN, Filter, read_filter
from bot.slack.blocks.elements import BUTTON_VALUE

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
COMMANDS = [word for word in build_registry().commands if word]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Filter()),
        ("mine", Filter(is_mine=True)),
        ("closed S1, s0", Filter(state=CLOSED, severities=("S1", "S0"))),
        ("sev 1 severity 0 sev-2", Filter(severities=("S1", "S0", "S2"))),
        ("my closed incidents", Filter(state=CLOSED, is_mine=True)),
        ("crm last 7 days", Filter(state=ALL, words=("crm",), hours=168)),
        ("Bogotá since 2026-11-25", Filter(state=ALL, words=("bogota",), hours=37)),
        ("open in Manila this week", Filter(state=OPEN, words=("manila",), hours=168)),
        ("sign-on last month", Filter(state=ALL, words=("sign-on",), hours=744)),
        ("resolved 24h", Filter(state="resolved", hours=24)),
        ("declined", Filter(state="declined")),
        ("open closed", Filter(state=CLOSED)),
        ("last 3 days", Filter(state=ALL, hours=72)),
        ("since 2026-11-26", Filter(state=ALL, hours=13)),
        # It has begun for those to the east of UTC.
        ("since 2026-11-27", Filter(state=ALL, hours=1)),
        ("since 2026-13-45", Filter(state=ALL, words=("2026-13-45",))),
    ],
)
def test_a_filter_is_read_as_people_type_it(typed: str, wanted: Filter) -> None:
    assert read_filter(typed, NOW) == wanted


@given(st.one_of(st.text(max_size=80), st.text("ab ", max_size=3000), st.text("ab", min_size=2500, max_size=3000)))
def test_any_text_gives_a_filter_that_a_button_can_carry(typed: str) -> None:
    wanted = read_filter(typed, NOW)

    assert len(wanted.model_dump_json()) <= BUTTON_VALUE
    assert 0 <= wanted.hours <= LONGEST_PERIOD_H
    assert Filter.model_validate_json(wanted.model_dump_json()) == wanted


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("lst", "list"),
        ("declar", "declare"),
        ("serach", "search"),
        ("sev", "severity"),
        ("new", "declare"),
        ("cancel", "decline"),
        ("mute", "subscriptions"),
        ("stop", "subscriptions"),
        ("s1", "declare S1 …"),
        ("resolv", "resolve"),
    ],
)
def test_the_intended_command_is_suggested(typed: str, suggested: str) -> None:
    assert f"Did you mean `/incident {suggested}`?" in unknown_subcommand(typed, COMMANDS).sentence


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("ivr down in Manila", "declare ivr down in Manila"),
        ("what is going on?", "declare what is going on?"),
        ("s1 IVR down", "declare S1 IVR down"),
        ("statsu mitigated on trunk 8", "status"),
        ("declre S1 IVR down", "declare S1 IVR down"),
        ("new IVR is down", "declare IVR is down"),
        ("sev S0 Cebu too", "severity"),
        ("mitigated moved to trunk 8", "status mitigated"),
        ("lead @ben please", "assign commander @ana"),
        ("invite @ben to help", "page"),
        ("partner Northline is hit", "partners"),
        ("Cause trunk 7 flaps", "brief"),
    ],
)
def test_a_sentence_without_a_command_is_suggested_as_a_declaration(typed: str, suggested: str) -> None:
    word, _, rest = typed.partition(" ")

    assert f"Did you mean `/incident {suggested}`?" in unknown_subcommand(word, COMMANDS, rest).sentence


@pytest.mark.parametrize("typed", ["asdf", "lose", "dose", "urge", "res", "clothes", "merchant", "xyz", "pivot"])
def test_no_ending_command_is_suggested_for_nonsense(typed: str) -> None:
    sentence = unknown_subcommand(typed, COMMANDS).sentence

    assert not any(f"`/incident {word}`" in sentence for word in ENDING)
