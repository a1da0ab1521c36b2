"""How a note's kind and time are read, in the writer's time zone, also over changes of the clocks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timeline import rules
from bot.timeline.rules import Note

NOW = datetime(2026, 10, 25, 9, 30, tzinfo=UTC)


def utc(day: int, hour: int, minute: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone", "read"),
    [
        ("we restarted it", "UTC", Note("note", "we restarted it", None)),
        ("we restarted it at 09:05", "UTC", Note("note", "we restarted it", utc(25, 9, 5))),
        ("restarted at 17.05", "Asia/Manila", Note("note", "restarted", utc(25, 9, 5))),
        # A time without a day is the most recent one: this was yesterday evening.
        ("restarted at 23:50", "UTC", Note("note", "restarted", utc(24, 23, 50))),
        # Yesterday's would be longer ago than a night: this one is still to come, so it is part of the text.
        ("decision: we fail over at 09:45", "UTC", Note("decision", "we fail over at 09:45", None)),
        ("restarted at yesterday 09:45", "UTC", Note("note", "restarted", utc(24, 9, 45))),
        ("restarted at yesterday 08:00", "UTC", Note("note", "restarted", utc(24, 8, 0))),
        ("restarted at 2026-10-23 08:00", "Europe/Warsaw", Note("note", "restarted", utc(23, 6, 0))),
        ("Decision: go to Cebu at 09:00", "UTC", Note("decision", "go to Cebu", utc(25, 9, 0))),
        ("at 09:05 we restarted it", "UTC", Note("note", "we restarted it", utc(25, 9, 5))),
        ("09:05 – IVR is back", "UTC", Note("note", "IVR is back", utc(25, 9, 5))),
        ("decision: yesterday 21:05: go to Cebu", "UTC", Note("decision", "go to Cebu", utc(24, 21, 5))),
        # A time still to come, a span, another zone, twelve hours and amounts stay in the text.
        ("at 09:45 we fail over", "UTC", Note("note", "at 09:45 we fail over", None)),
        ("09:05 to 09:15 calls failed", "UTC", Note("note", "09:05 to 09:15 calls failed", None)),
        ("09:05-09:15 calls failed", "UTC", Note("note", "09:05-09:15 calls failed", None)),
        ("09:05:10 calls failed", "UTC", Note("note", "09:05:10 calls failed", None)),
        ("09:05 UTC calls failed", "Asia/Manila", Note("note", "09:05 UTC calls failed", None)),
        ("at 9:05 pm calls failed", "UTC", Note("note", "at 9:05 pm calls failed", None)),
        ("9.05 euros a call", "UTC", Note("note", "9.05 euros a call", None)),
        ("ruled out: the carrier", "UTC", Note("ruled_out", "the carrier", None)),
        ("impact: half of Manila", "UTC", Note("customer_impact", "half of Manila", None)),
        ("see https://x: it is down", "UTC", Note("note", "see https://x: it is down", None)),
        ("we meet at noon", "Nowhere/Land", Note("note", "we meet at noon", None)),
        ("restarted at 09:05", "Nowhere/Land", Note("note", "restarted", utc(25, 9, 5))),
        # The writer's clock may be a minute ahead.
        ("restarted at 09:31", "UTC", Note("note", "restarted", utc(25, 9, 31))),
        ("restarted at TODAY 09:31", "UTC", Note("note", "restarted", utc(25, 9, 31))),
        ("restarted at 09:32", "UTC", Note("note", "restarted at 09:32", None)),
        ("restarted at Yesterday 21:30", "UTC", Note("note", "restarted", utc(24, 21, 30))),
        # Half a day is within half a day.
        ("restarted at 21:30", "UTC", Note("note", "restarted", utc(24, 21, 30))),
        ("restarted at 21:29", "UTC", Note("note", "restarted at 21:29", None)),
        ("  " + "x" * 3_001, "UTC", Note("note", "x" * 3_000, None)),
        ("x" * 3_001 + " at 09:05", "UTC", Note("note", "x" * 3_000, utc(25, 9, 5))),
        # In the night the clocks go back, 02:30 comes twice; the later one that has passed is meant.
        ("the line fell at 02:30", "Europe/Warsaw", Note("note", "the line fell", utc(25, 1, 30))),
    ],
)
def test_a_note_is_split_into_kind_time_and_text(typed: str, zone: str, read: Note) -> None:
    assert rules.read_note(typed, zone, NOW) == read


def test_a_time_of_this_morning_counts_in_the_evening() -> None:
    assert rules.read_note("restarted at 08:00", "UTC", utc(25, 23, 0)).at == utc(25, 8, 0)


def test_a_time_to_come_that_the_clocks_skipped_the_night_before_stays_in_the_text() -> None:
    read = rules.read_note("we call back at 02:30", "Europe/Warsaw", utc(29, 22, 30, month=3))

    assert read == Note("note", "we call back at 02:30", None)


def test_the_first_half_past_two_is_meant_between_the_two() -> None:
    read = rules.read_note("the line fell at 02:30", "Europe/Warsaw", utc(25, 1, 0))

    assert read.at == utc(25, 0, 30)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", rules.NoteMissing),
        ("decision:", rules.NoteMissing),
        ("x at 27:10", rules.NoSuchTime),
        ("x at 2026-13-40 10:00", rules.NoSuchTime),
        ("we call back at today 23:00", rules.TimeInFuture),
        ("x at 2026-03-29 02:30", rules.NoSuchTime),
    ],
)
def test_an_impossible_time_is_refused_with_what_to_do(typed: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"/incident note|Write a time"):
        rules.read_note(typed, "Europe/Warsaw", NOW)


@given(st.text(max_size=60), st.sampled_from(["UTC", "Asia/Manila", "America/Bogota", "../etc/passwd", ""]))
def test_any_text_is_read_or_refused_and_its_time_is_never_in_the_future(typed: str, zone: str) -> None:
    try:
        read = rules.read_note(f"{typed} at 10:15", zone, NOW)
    except (rules.NoteMissing, rules.NoSuchTime, rules.TimeInFuture):
        return
    assert read.at is None or read.at <= NOW + rules.CLOCK_TOLERANCE


def test_a_filter_is_found_by_its_beginning() -> None:
    assert [rules.read_filter(word) for word in ("", "dec", "decision", "Messages", "step")] == [
        "all",
        "decisions",
        "decisions",
        "messages",
        "steps",
    ]
    with pytest.raises(rules.UnknownFilter, match="decisions"):
        rules.read_filter("<!channel>")
    with pytest.raises(rules.UnknownFilter, match=f"`{'x' * 40}`"):
        rules.read_filter(" " + "x" * 41)
