"""When an update is due: on the promised minute, whatever was missed and however the clocks on the wall change."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.clock import utcnow
from bot.updates import draft_views, rules, wording
from bot.updates.draft_views import Draft, IncidentHeading
from bot.updates.tables import REFUSED, Promise

cadences = st.integers(1, 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
delays = st.integers(0, 14 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(cadences, moments, delays)
def test_the_next_update_keeps_the_rhythm_and_is_never_in_the_past(
    cadence: timedelta, promised_at: datetime, delay: timedelta
) -> None:
    now = promised_at + delay

    due = rules.next_update_due(cadence, promised_at, now)

    assert now < due <= now + cadence
    assert (due - promised_at) % cadence == timedelta()


@given(cadences, moments, delays)
def test_missed_updates_and_the_next_one_leave_no_interval_out(
    cadence: timedelta, promised_at: datetime, delay: timedelta
) -> None:
    now = promised_at + delay

    missed = rules.missed_updates(lambda _: cadence, promised_at, now)

    if delay <= rules.LATE_AFTER:
        assert missed == 0
    else:
        assert promised_at + missed * cadence == rules.next_update_due(cadence, promised_at, now)


@given(cadences, cadences, moments, delays)
def test_a_new_rhythm_counts_from_the_last_update_but_never_calls_for_one_in_the_past(
    old: timedelta, new: timedelta, last: datetime, passed: timedelta
) -> None:
    now = last + min(passed, old - timedelta(seconds=1))

    due = rules.retimed(last + old, old, new, now)

    assert due > now
    assert due == max(last + new, now + min(new, rules.LATE_AFTER))


@given(cadences, cadences, moments, delays)
def test_a_new_rhythm_does_not_put_off_an_update_that_is_due(
    old: timedelta, new: timedelta, due: datetime, late: timedelta
) -> None:
    assert rules.retimed(due, old, new, due + late) == due


NOON, MINUTE, HOUR = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(minutes=1), timedelta(hours=1)


def test_up_to_two_minutes_late_is_not_missed_and_months_are_not_counted_one_by_one() -> None:
    assert rules.missed_updates(lambda _: MINUTE, NOON, NOON + 2 * MINUTE) == 0
    assert rules.missed_updates(lambda _: MINUTE, NOON, NOON + 2 * MINUTE + timedelta(seconds=1)) == 3
    assert rules.missed_updates(lambda _: MINUTE, NOON, NOON + timedelta(days=90)) == rules.MAX_MISSED


def test_an_update_sent_a_moment_before_its_time_is_not_promised_once_more() -> None:
    assert rules.next_update_due(HOUR, NOON, NOON - timedelta(seconds=1)) == NOON + HOUR


@pytest.mark.parametrize("due_at", [NOON - HOUR, NOON, NOON + HOUR])
def test_a_first_rhythm_counts_from_now(due_at: datetime) -> None:
    assert rules.retimed(due_at, None, 30 * MINUTE, NOON) == NOON + 30 * MINUTE


def test_after_a_pause_an_update_keeps_its_time_or_leaves_time_for_its_draft() -> None:
    assert rules.resumed(NOON + MINUTE, 5 * MINUTE, NOON) == NOON + MINUTE
    assert rules.resumed(NOON, 5 * MINUTE, NOON) == NOON + 5 * MINUTE
    assert rules.resumed(NOON - HOUR, timedelta(), NOON) == NOON + rules.LATE_AFTER


def test_a_draft_comes_before_its_update_and_without_a_decider_waits_for_one_while_there_is_time() -> None:
    assert rules.draft_due(NOON + HOUR, 5 * MINUTE, NOON) == NOON + 55 * MINUTE
    assert rules.draft_due(NOON + MINUTE, 5 * MINUTE, NOON) == NOON
    assert rules.draft_without_lead_due(NOON, NOON + HOUR, NOON + MINUTE) == NOON + rules.ROLES_WITHIN
    assert rules.draft_without_lead_due(NOON, NOON + 2 * MINUTE, NOON + MINUTE) == NOON + MINUTE, "that is too late"
    assert rules.draft_without_lead_due(NOON, NOON + HOUR, NOON + 3 * MINUTE) == NOON + 3 * MINUTE


def test_no_change_is_a_line_below_the_last_message_for_less_than_two_hours() -> None:
    assert rules.may_append_line(NOON, NOON + 2 * HOUR - MINUTE)
    assert not rules.may_append_line(NOON, NOON + 2 * HOUR)


def test_a_promise_from_before_the_clock_was_set_back_is_waited_for_as_long_as_it_was_then() -> None:
    assert rules.after_clock_set_back(NOON + 3 * HOUR, NOON + 2 * HOUR, NOON) == NOON + HOUR


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/London", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
    ],
)
def test_an_hour_is_an_hour_while_the_wall_clock_jumps(zone: str, change: datetime) -> None:
    with freeze_time(change - timedelta(minutes=30)) as frozen:
        promised_at = rules.first_update_due(timedelta(hours=1), utcnow())
        frozen.move_to(promised_at)
        due = rules.next_update_due(timedelta(hours=1), promised_at, utcnow())

    assert promised_at == change + timedelta(minutes=30)
    assert due - promised_at == timedelta(hours=1)
    before, after = (at.astimezone(ZoneInfo(zone)).utcoffset() for at in (change - timedelta(seconds=1), due))
    assert before != after, "the wall clock did jump"
    assert rules.missed_updates(lambda _: timedelta(hours=1), promised_at, promised_at) == 0


def test_a_draft_of_several_updates_names_the_time_of_each() -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    drafts = [
        Draft(
            title,
            "#x",
            Promise(
                id=seconds, incident_id=1, audience=title, promised_at=now, due_at=now + timedelta(seconds=seconds)
            ),
        )
        for title, seconds in (
            ("Executives", 9 * 60),
            ("Partners", 8 * 60),
            ("Operations", 61),
            ("Engineering", 62),
        )
    ]

    text, _ = draft_views.message(IncidentHeading(1, "IVR down", "#inc-1"), drafts, now, str)

    read_text = re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", text)
    assert read_text == "📣 4 updates are due 09:01 UTC, 09:08 UTC and 09:09 UTC – #1 IVR down #inc-1"


def test_the_answer_to_a_change_says_when_each_audience_hears_of_it() -> None:
    now = datetime(2026, 5, 13, 9, 0, tzinfo=UTC)
    approved = Promise(incident_id=1, audience="customers", due_at=now, promised_at=now, needs_approval=True)

    assert wording.told_at(approved, now) == "once it is approved"
    titles_by_time = {"now": ["Operations", "Executives", "Engineering"], "once it is approved": ["Front line"]}
    assert wording.told_when(titles_by_time) == (
        "Operations, Executives and Engineering will hear of it now; Front line once it is approved."
    )
    assert wording.told_when({}) == "No audience is promised an update; `/incident update` tells them."


def test_the_report_of_a_refused_update_says_what_to_do() -> None:
    now = datetime(2026, 5, 13, 10, 33, tzinfo=UTC)
    refused = Promise(incident_id=2, audience="x", due_at=now, promised_at=now, state=REFUSED)

    assert wording.REFUSED_HINT in wording.missed_text(2, "<#C2>", [("Front line", refused)], now)


def test_missed_updates_are_reported_with_a_line_for_each_reason_and_time() -> None:
    now = datetime(2026, 5, 13, 10, 33, tzinfo=UTC)

    def missed(title: str, minutes_ago: int, reason: str) -> tuple[str, Promise]:
        due_at = now - timedelta(minutes=minutes_ago)
        promise = Promise(incident_id=2, audience="x", due_at=due_at, promised_at=due_at, late_because=reason)
        return title, promise

    def shown(missed_updates: list[tuple[str, Promise]]) -> str:
        return re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", wording.missed_text(2, "<#C2>", missed_updates, now))

    while_off = [
        missed("Executives", 30, wording.NOT_RUNNING),
        missed("Front <line>", 40, wording.NOT_RUNNING),
        missed("Operations", 30, wording.NOT_RUNNING),
    ]
    assert shown(while_off) == (
        "⏰ 3 updates of incident 2 did not go out in time (<#C2>): Watchfloor was not running at that minute.\n"
        "• *Front &lt;line&gt;*, due 09:53 UTC\n"
        "• *Executives*, *Operations*, due 10:03 UTC"
    )
    assert shown([*while_off, missed("Partners", 5, wording.NOT_APPROVED)]) == (
        "⏰ 4 updates of incident 2 did not go out in time (<#C2>):\n"
        "• *Front &lt;line&gt;*, due 09:53 UTC: Watchfloor was not running at that minute.\n"
        "• *Executives*, *Operations*, due 10:03 UTC: Watchfloor was not running at that minute.\n"
        "• *Partners*, due 10:28 UTC: nobody has approved it."
    )
