"""Text for Slack: typed text is shown as typed, within Slack's limits, and notifies nobody."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import emoji, text

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


@given(st.text())
def test_escaped_text_holds_no_markup_and_reads_as_it_was_typed(words: str) -> None:
    escaped = text.escape(words)

    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == words


@given(st.text(alphabet="<>&aé🔥 ", max_size=200), st.integers(1, 80))
def test_shortened_text_fits_and_never_splits_an_escape(words: str, limit: int) -> None:
    short = text.shorten(text.escape(words), limit)

    assert len(short) <= limit
    assert re.sub(r"&(amp|lt|gt);", "", short).count("&") == 0


@given(st.text(max_size=300), st.integers(1, 300))
def test_a_text_on_one_line_has_no_line_breaks(words: str, limit: int) -> None:
    assert len(text.one_line(words, limit).splitlines()) <= 1


@given(st.text(alphabet=st.characters(exclude_characters="\x00"), max_size=200))
def test_text_that_slack_escaped_is_shown_as_it_was_typed(words: str) -> None:
    assert text.to_plain_text(text.escape(words), lambda user_id: None) == words


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@U0ANA> and <@U0NEW|newbie>", "@Ana Reyes and @newbie"),
        ("<@U0NEW>", "@U0NEW"),
        ("in <#C1|general> or <#C2>", "in #general or #C2"),
        ("<!here> <!channel> <!subteam^S1|@oncall>", "@here @channel @oncall"),
        ("at <!date^1^{time}|04:00 UTC>", "at 04:00 UTC"),
        ("<https://a.example/x?a=1&amp;b=2|the page>", "the page (https://a.example/x?a=1&b=2)"),
        ("<https://a.example>", "https://a.example"),
        ("<http://a.example|a.example> and <https://a.example/|a.example>", "a.example and a.example"),
        ("<mailto:a1@b.example|a1@b.example>", "a1@b.example"),
        ("<tel:+6325550123|+6325550123>", "+6325550123"),
        ("<https://evil.example|bank.example>", "bank.example (https://evil.example)"),
        ("5 &lt; 6 &amp;&amp; 7 &gt; 6", "5 < 6 && 7 > 6"),
    ],
)
def test_references_are_shown_by_name(sent: str, read: str) -> None:
    assert text.to_plain_text(sent, {"U0ANA": "Ana Reyes"}.get) == read


def test_everyone_who_is_mentioned_is_found() -> None:
    assert text.mentioned_user_ids("<@U1> <@U2|x> <#C1> <!here> @U3") == {"U1", "U2"}


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=65), "1 h 05 min"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
    ],
)
def test_a_length_of_time_is_written_as_people_say_it(length: timedelta, words: str) -> None:
    assert text.format_duration(length) == words


def test_a_time_within_the_shift_has_no_day_and_any_other_has_one() -> None:
    assert "{date_short_pretty}" not in text.near_time(NOON + timedelta(hours=11), NOON)
    assert "{date_short_pretty}" in text.near_time(NOON + timedelta(hours=13), NOON)
    assert "{date_short_pretty}" in text.near_time(NOON - timedelta(days=2), NOON)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["clock_time", "day_and_time", "ago"])
)
def test_a_moment_names_the_same_second_in_every_zone(moment: datetime, form: str) -> None:
    at = moment.replace(tzinfo=UTC)

    shown = getattr(text, form)(at)

    assert shown.startswith(f"<!date^{int(at.timestamp())}^")
    assert shown.endswith(" UTC>")


@given(st.text(max_size=80), st.text(max_size=80))
def test_text_cannot_break_out_of_a_link(url: str, label: str) -> None:
    link = text.link(url, label)

    assert link.count("<") == link.count(">") == link.count("|") == 1


@pytest.mark.parametrize(
    "token", [text.clock_time(NOON), text.mention("U0ANA"), text.link("https://a.example", "x")]
)
def test_a_token_is_never_cut_in_two(token: str) -> None:
    for limit in range(4, len(token) + 8):
        shown = text.shorten(f"a {token} and more", limit)
        assert shown.replace(token, "").count("<") == 0, shown


def test_a_time_is_written_in_the_readers_time_zone() -> None:
    madrid = ZoneInfo("Europe/Madrid")

    assert (
        text.to_plain_text(f"at {text.clock_time(NOON)}", dict[str, str]().get, madrid)
        == f"at {NOON.astimezone(madrid):%H:%M}"
    )
    assert (
        text.to_plain_text(f"at {text.day_and_time(NOON)}", dict[str, str]().get) == f"at {NOON:%Y-%m-%d %H:%M} UTC"
    )


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.integers(-3 * 24 * 60, 3 * 24 * 60))
def test_a_typed_time_is_read_back_as_the_same_minute(moment: datetime, minutes: int) -> None:
    at = moment.replace(tzinfo=UTC, second=0, microsecond=0)
    typed = text.typed_time(at, at + timedelta(minutes=minutes))

    live = text.live_times(f"since {typed}.", at + timedelta(minutes=minutes))

    assert live.startswith(f"since <!date^{int(at.timestamp())}^")
    assert text.to_plain_text(live, lambda user_id: None) in (f"since {typed}.", f"since {at:%Y-%m-%d %H:%M UTC}.")


@given(st.text(alphabet="0123456789:- UTC.", max_size=60))
def test_text_that_only_looks_like_a_time_stays_as_it_is(typed: str) -> None:
    assert text.to_plain_text(text.live_times(typed, NOON), lambda user_id: None) == typed


@pytest.mark.parametrize(
    ("slacks", "written"),
    [
        ("the IVR is on :fire:, again", "the IVR is on 🔥, again"),
        (":fire::rotating_light: :+1:", "🔥🚨 👍"),
        (":large_green_circle: up", "🟢 up"),
        (":company-logo: is not a standard one", ":company-logo: is not a standard one"),
        ("from 10:100:30 to 2001:db8:a:v:1", "from 10:100:30 to 2001:db8:a:v:1"),
    ],
)
def test_files_have_the_characters_of_emoji_where_slack_has_names(slacks: str, written: str) -> None:
    assert emoji.with_characters(slacks) == written


@given(st.lists(st.text(alphabet="ab", min_size=1, max_size=6), max_size=6), st.integers(6, 30))
def test_joined_parts_are_the_first_that_fit_whole(parts: list[str], limit: int) -> None:
    joined = text.joined(parts, limit)
    shown = joined.split(" · ") if joined else []
    assert shown == parts[: len(shown)]
    assert len(joined) <= limit
    assert len(shown) == len(parts) or len(" · ".join(parts[: len(shown) + 1])) > limit


def test_a_first_part_that_is_too_long_is_shortened() -> None:
    assert text.joined(["abcdefgh", "x"], 5) == "abcd…"
    assert text.joined([], 5) == ""


def test_of_a_long_list_the_first_are_shown_and_how_many_more_there_are() -> None:
    assert text.listed(["a", "b", "c"], 3) == "a, b, c"
    assert text.listed(["a", "b", "c", "d"], 3, "; ") == "a; b; and 2 more"
    shown = text.mentions(f"U{number}" for number in range(41))
    assert (shown.count("<@"), shown.endswith(", and 2 more")) == (39, True)


def test_a_typed_time_has_its_day_from_twelve_hours_on() -> None:
    assert text.typed_time(NOON, NOON + timedelta(hours=11, minutes=59)) == "12:00 UTC"
    assert text.typed_time(NOON, NOON - timedelta(hours=12)) == "2026-03-29 12:00 UTC"


def test_a_day_is_shown_by_its_name_and_a_date_with_its_day_outside_slack() -> None:
    assert text.day(NOON) == f"<!date^{int(NOON.timestamp())}^{{date_short_pretty}}|2026-03-29>"
    madrid = ZoneInfo("Europe/Madrid")
    assert text.to_plain_text(text.day(NOON), dict[str, str]().get, madrid) == "2026-03-29 14:00"
    assert text.near_time(NOON.replace(second=59, microsecond=5), NOON) == text.clock_time(NOON)


def test_examples_of_what_is_cut_and_of_what_is_no_time() -> None:
    assert text.shorten("a &amp; bcdefgh", 11) == "a &amp; bc…"
    assert text.shorten("a bcdef", 3) == "a…"
    assert text.format_duration(timedelta(days=2)) == "2 d"
    for typed in ("25:00 UTC", "2026-13-01 12:00 UTC"):
        assert text.live_times(f"at {typed}", NOON) == f"at {typed}"
