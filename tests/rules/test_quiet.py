"""Quiet nights and weekends, pauses and clocks that jump: no promise is doubled or swallowed."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from bot.config.floor import QuietHours
from bot.runtime.clock import utcnow
from bot.updates import rules

MADRID = QuietHours(at=("nights",), zone="Europe/Madrid")
HOUR = timedelta(hours=1)

# Both changes of a year in three zones: the moment in UTC at which the wall clock jumps.
CHANGES = [
    ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
]


def at(words: str, zone: str = "Europe/Madrid") -> datetime:
    """Return a moment given by the wall clock of a zone."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("promised", "due"),
    [
        ("2026-06-10 00:59", "2026-06-10 00:59"),
        ("2026-06-10 01:00", "2026-06-10 05:00"),
        ("2026-06-10 04:59:30.5", "2026-06-10 05:00"),
        ("2026-06-10 05:00", "2026-06-10 05:00"),
    ],
)
def test_a_night_after_midnight_is_quiet_from_its_first_to_its_last_minute(promised: str, due: str) -> None:
    night = QuietHours(at=("nights",), zone="Europe/Madrid", night_from=time(1), night_to=time(5))
    assert rules.after_quiet(at(promised), night) == at(due)


def sent_updates(
    cadence: timedelta, start: datetime, end: datetime, quiet: QuietHours | None = None
) -> Iterator[datetime]:
    """Yield every update that is sent while the clock ticks each ten minutes from `start` to `end`."""
    with freeze_time(start) as frozen:
        due_at = rules.first_update_due(cadence, utcnow())
        while utcnow() < end:
            frozen.tick(timedelta(minutes=10))
            if due_at <= utcnow():
                yield due_at
                due_at = rules.next_update_due(cadence, due_at, utcnow(), quiet)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_hourly_updates_are_an_hour_apart_over_both_clock_changes(zone: str, change: datetime) -> None:
    sent = list(
        sent_updates(HOUR, change - timedelta(hours=5, minutes=30), change + timedelta(hours=5, minutes=30))
    )

    assert len(sent) == 11
    assert {after - before for before, after in pairwise(sent)} == {HOUR}
    before, after = (moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (sent[0], sent[-1]))
    assert before != after, "the wall clock did jump"


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@pytest.mark.parametrize("night_to", [time(1, 30), time(2, 30), time(7)])
def test_a_night_in_which_the_wall_clock_jumps_ends_once(zone: str, change: datetime, night_to: time) -> None:
    quiet = QuietHours(at=("nights",), zone=zone, night_from=time(22), night_to=night_to)
    start = change - timedelta(hours=12)

    sent = list(sent_updates(HOUR, start, change + timedelta(hours=12), quiet))

    assert len(sent) == len(set(sent))
    assert all(after - before >= HOUR for before, after in pairwise(sent)), "no update is doubled"
    walls = [moment.astimezone(ZoneInfo(zone)).time() for moment in sent]
    assert not [wall for wall in walls if wall >= time(22)]
    assert max(after - before for before, after in pairwise(sent)) <= timedelta(hours=11), "no update is swallowed"


@pytest.mark.parametrize(
    ("quiet", "moment", "end"),
    [
        (MADRID, "2026-07-01T21:59", "2026-07-01T21:59"),
        (MADRID, "2026-07-01T22:00", "2026-07-02T07:00"),
        (MADRID, "2026-07-02T06:59", "2026-07-02T07:00"),
        (MADRID, "2026-07-02T07:00", "2026-07-02T07:00"),
        (QuietHours(at=("weekends",), zone="Europe/Madrid"), "2026-07-04T00:00", "2026-07-06T00:00"),
        (QuietHours(at=("nights", "weekends"), zone="Europe/Madrid"), "2026-07-03T23:00", "2026-07-06T07:00"),
        (
            QuietHours(at=("nights",), zone="Europe/Madrid", night_from=time(1), night_to=time(5)),
            "2026-07-01T02:00",
            "2026-07-01T05:00",
        ),
    ],
)
def test_an_update_due_in_quiet_hours_waits_for_their_end(quiet: QuietHours, moment: str, end: str) -> None:
    assert rules.after_quiet(at(moment), quiet) == at(end)


def test_updates_that_were_not_promised_at_night_were_not_missed() -> None:
    promised = at("2026-07-01T21:30")

    assert rules.missed_updates(lambda _: HOUR, promised, at("2026-07-02T07:30")) == 11
    assert rules.missed_updates(lambda _: HOUR, promised, at("2026-07-02T07:30"), MADRID) == 2


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda found: found.replace(tzinfo=UTC))
zones = st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
times = st.times().map(lambda found: found.replace(second=0, microsecond=0))


@given(moments, zones, times, times, st.sets(st.sampled_from(["nights", "weekends"]), min_size=1))
def test_quiet_hours_always_end_and_never_begin_again_at_their_end(
    moment: datetime, zone: str, night_from: time, night_to: time, when: set[str]
) -> None:
    if night_from == night_to:
        return
    quiet = QuietHours.model_validate(
        {"at": sorted(when), "zone": zone, "night_from": night_from, "night_to": night_to}
    )

    end = rules.after_quiet(moment, quiet)

    assert moment <= end <= moment + timedelta(days=4)
    assert rules.after_quiet(end, quiet) == end


def test_a_clock_that_was_set_back_neither_doubles_nor_swallows_updates() -> None:
    promised_at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    now = promised_at - timedelta(hours=2)

    assert rules.after_clock_set_back(promised_at + HOUR, promised_at, now) == now + HOUR


def test_a_promise_that_fell_due_during_a_pause_comes_soon_after_and_a_later_one_keeps_its_time() -> None:
    now, lead = datetime(2026, 1, 5, 12, tzinfo=UTC), timedelta(minutes=5)

    assert rules.resumed(now - HOUR, lead, now) == now + lead
    assert rules.resumed(now + HOUR, lead, now) == now + HOUR
