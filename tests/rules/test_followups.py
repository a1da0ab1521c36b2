"""Follow-ups: how one is typed, and when its owner is reminded in any time zone and over changes of the clocks."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.followups import rules
from bot.followups.rules import ReminderPlan, TypedFollowUp
from bot.timeline.rules import zone_of

PLAN = ReminderPlan(time(9), timedelta(days=2), timedelta(days=3))
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Manila", "UTC")


def reminders(due_on: date, zone: str, plan: ReminderPlan, now: datetime) -> list[datetime]:
    """Return every reminder from `now` on, each computed when the one before was sent."""
    moments = []
    while moment := rules.next_reminder(due_on, zone, plan, now):
        moments.append(moment)
        now = moment
    return moments


FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        ("write it down", TypedFollowUp("write it down")),
        ("<@U0BEN|ben> write it down", TypedFollowUp("write it down", "U0BEN")),
        ("@ben write it down", TypedFollowUp("write it down", "@ben")),
        ("Prevent: alarm by 2030-1-31", TypedFollowUp("alarm", "", "prevent", date(2030, 1, 31))),
        (
            "<@U0BEN> detect: a &lt;b&gt; by 2030-01-31",
            TypedFollowUp("a <b>", "U0BEN", "detect", date(2030, 1, 31)),
        ),
        ("drive by 2030-01-31 and back", TypedFollowUp("drive by 2030-01-31 and back")),
        ("note: this is no kind", TypedFollowUp("note: this is no kind")),
        ("check the alarm by tomorrow", TypedFollowUp("check the alarm", due_on=date(2026, 11, 28))),
        ("check the alarm by today", TypedFollowUp("check the alarm", due_on=FRIDAY)),
        ("  an alarm  by 2030-01-31 ", TypedFollowUp("an alarm", due_on=date(2030, 1, 31))),
        ("x" * 1_001, TypedFollowUp("x" * 1_000)),
        ("क्‍ष", TypedFollowUp("क्‍ष")),
        ("check the alarm by Friday.", TypedFollowUp("check the alarm", due_on=FRIDAY)),
        ("check the alarm by mon", TypedFollowUp("check the alarm", due_on=date(2026, 11, 30))),
        ("check the alarm by yesterday", TypedFollowUp("check the alarm", due_on=date(2026, 11, 26))),
        ("fewer calls by 20 %", TypedFollowUp("fewer calls by 20 %")),
        ("an outage caused by the carrier", TypedFollowUp("an outage caused by the carrier")),
    ],
)
def test_a_typed_line_is_split_into_its_parts(raw: str, typed: TypedFollowUp) -> None:
    assert rules.parse_follow_up(raw, FRIDAY) == typed


@pytest.mark.parametrize(
    "day", ["31.1.2030", "31/1", "Jan 31", "31 january", "next week", "the end of the month", "eow", "next friday"]
)
def test_a_day_that_cannot_be_read_is_asked_about_and_not_replaced_by_the_usual_one(day: str) -> None:
    with pytest.raises(rules.NoSuchDay, match=re.escape(day)):
        rules.parse_follow_up(f"check the alarm by {day}", FRIDAY)


@pytest.mark.parametrize("raw", ["", "   ", "<@U0BEN>", "<@U0BEN> prevent:", "\u0000\u0007"])
def test_a_follow_up_without_text_is_refused_with_an_example(raw: str) -> None:
    with pytest.raises(rules.TextMissing, match="alarm on trunk errors"):
        rules.parse_follow_up(raw, FRIDAY)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://a b", "ftp://x", "https://x|y", "https://" + "a" * 500]
)
def test_only_web_addresses_are_links(link: str) -> None:
    longest = "https://" + "a" * 492
    assert [rules.read_link(typed) for typed in ("", f" {longest} ", "http://x/y?z=1#a")] == [
        "",
        longest,
        "http://x/y?z=1#a",
    ]
    with pytest.raises(rules.NotALink):
        rules.read_link(link)


def test_reminders_come_before_on_and_after_the_day_and_then_end() -> None:
    due_on = date(2026, 12, 9)  # a Wednesday

    sent = reminders(due_on, "UTC", PLAN, datetime(2026, 11, 22, tzinfo=UTC))

    days = [f"{moment:%a %d}" for moment in sent]
    assert days == ["Mon 07", "Wed 09", "Mon 14", "Tue 15", "Fri 18", "Mon 21", "Thu 24", "Mon 28"]
    assert all(moment.time() == time(9) for moment in sent)


def test_missed_reminders_are_sent_as_one() -> None:
    now = datetime(2026, 12, 16, 12, tzinfo=UTC)

    assert rules.next_reminder(date(2026, 12, 9), "UTC", PLAN, now) == datetime(2026, 12, 18, 9, tzinfo=UTC)


def test_reminders_may_come_on_weekends_or_only_once() -> None:
    daily = ReminderPlan(time(9), None, timedelta(days=1), on_weekends=True)
    only_once = ReminderPlan(time(9), None, None)
    now = datetime(2026, 12, 10, tzinfo=UTC)

    assert len(reminders(date(2026, 12, 11), "UTC", daily, now)) == 7
    assert [f"{moment:%a}" for moment in reminders(date(2026, 12, 12), "UTC", only_once, now)] == ["Mon"]


@given(
    due_on=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    days_before=st.integers(0, 30),
)
def test_reminders_come_in_order_on_working_days_at_the_set_time_on_the_wall_clock(
    due_on: date, zone: str, at: time, days_before: int
) -> None:
    plan = ReminderPlan(at, timedelta(days=2), timedelta(days=3))
    now = rules.time_of_day_in_zone(due_on - timedelta(days=days_before), at, zone)

    sent = reminders(due_on, zone, plan, now)

    assert sent == sorted(set(sent))
    assert all(moment > now for moment in sent)
    here = [moment.astimezone(ZoneInfo(zone)) for moment in sent]
    assert all(moment.weekday() < 5 for moment in here)
    # A time that the change of clocks skips is read as the same moment before the change.
    skipped = [rules.time_of_day_in_zone(moment.date(), at, zone) for moment in here]
    assert skipped == sent
    assert len(sent) <= 8


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Nowhere/Atlantis"])
def test_the_weekly_moment_has_the_same_wall_clock_time_all_year(zone: str) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(60):
        moment += timedelta(days=7)
        last_moment = rules.last_weekly(0, time(9), zone, moment)
        assert moment - timedelta(days=7, hours=1) < last_moment <= moment
        assert f"{last_moment.astimezone(zone_of(zone)):%a %H:%M}" == "Mon 09:00"


MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 23, 8, 59, tzinfo=UTC), MONDAY - timedelta(days=7)),
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), MONDAY),
        (datetime(2026, 11, 29, 23, 59, tzinfo=UTC), MONDAY),
        (datetime(2026, 11, 30, 8, 59, tzinfo=UTC), MONDAY),
    ],
)
def test_the_weekly_moment_is_the_last_that_has_come(now: datetime, monday: date) -> None:
    assert rules.last_weekly(0, time(9), "UTC", now) == datetime.combine(monday, time(9), UTC)


@pytest.mark.parametrize(
    ("ahead", "error"), [(-1, rules.DayIsOver), (rules.MAX_DAYS_AHEAD.days + 1, rules.DayTooFar)]
)
def test_a_due_day_has_not_passed_and_is_not_years_away(ahead: int, error: type[Exception]) -> None:
    for fine in (FRIDAY, FRIDAY + rules.MAX_DAYS_AHEAD):
        assert rules.check_day(fine, FRIDAY) == fine
    with pytest.raises(error):
        rules.check_day(FRIDAY + timedelta(days=ahead), FRIDAY)


def test_what_is_refused_is_quoted_briefly_and_without_markup() -> None:
    with pytest.raises(rules.NoSuchDay, match=re.escape(f"`{'1' * 40}`")):
        rules.read_day(f"<{'1' * 41}")
    with pytest.raises(rules.NoSuchDay, match="`…`"):
        rules.read_day("<>")
    assert rules.read_day(" 2030-01-31 ") == date(2030, 1, 31)


def test_a_follow_up_may_be_done_until_its_day_ends() -> None:
    due_at = datetime(2026, 12, 9, 9, tzinfo=UTC)

    assert not rules.is_late(due_at, due_at + timedelta(hours=23))
    assert rules.is_late(due_at, due_at + timedelta(hours=24))
