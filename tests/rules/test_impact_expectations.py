"""The expected contacts, and the time when a queue has recovered."""

import random
from math import e, exp
from typing import Any

import pytest

from bot.impact.rules.baseline import WEEK_S, Usual, day_level
from bot.impact.rules.erlang import Load, erlang_a, required_a
from bot.impact.rules.figures import ServiceLevel
from bot.impact.rules.recovery import Recovery, Span, recovery
from tests.contact_year import INTERVAL_S, errors_of_a_year
from tests.simulation import Plan, recovered_at

TARGET, THRESHOLD_S, HORIZON = 0.8, 20, 16


def test_the_usual_is_the_average_of_the_weeks_before_with_their_range():
    history = {9 * WEEK_S - week * WEEK_S: contacts for week, contacts in enumerate([90.0, 110, 100, 400], 1)}
    usual = Usual(history)
    expected = usual.at(9 * WEEK_S)
    assert expected is not None
    assert (expected.offered, expected.low, expected.high) == (105, 90, 400)
    assert not expected.is_forecast
    busy = usual.at(9 * WEEK_S, level=1.2)
    assert (busy.offered, busy.low, busy.high) == pytest.approx((126, 108, 480))
    assert usual.at(20 * WEEK_S) is None


NIGHT, MORNING = 9 * WEEK_S, 9 * WEEK_S + 20 * INTERVAL_S


def usual_in_the_morning(*weeks: tuple[float | None, float | None]) -> tuple[float, float, float]:
    """Return what is usual in the morning, with its range; each week has the contacts of its night and morning."""
    history = {
        at - week * WEEK_S: contacts
        for week, both in enumerate(weeks, 1)
        for at, contacts in zip((NIGHT, MORNING), both, strict=True)
        if contacts is not None
    }
    expected = Usual(history, INTERVAL_S).at(MORNING)
    assert expected is not None
    return expected.offered, expected.low, expected.high


@pytest.mark.parametrize(
    ("weeks", "usual"),
    [
        # The mean of the weeks, not the one in the middle.
        ([(100, 100), (100, 100), (70, 130)], (110, 100, 130)),
        # Eight weeks count, and the ninth does not.
        ([(100, 100)] * 7 + [(120, 80), (20, 180)], (97.5, 80, 100)),
        # The newest four give the volume.
        ([(100, 100)] * 4 + [(200, 200)] * 4, (100, 100, 200)),
        # A week in which the line was closed says nothing of its volume.
        ([(100, 100), (0, 0), (100, 100)], (100, 0, 100)),
        ([(0, 0), (0, 0)], (0, 0, 0)),
        # Nor does a night without contacts, where that is all that the weeks have in common.
        ([(0, None), (0, 100), (2, 100)], (100, 100, 100)),
        # Weeks that have nothing to do with each other: the middle.
        ([(5, None), (None, 10), (None, 90)], (50, 10, 90)),
    ],
)
def test_busy_quiet_closed_and_half_known_weeks_are_weighed_against_each_other(weeks, usual):
    assert usual_in_the_morning(*weeks) == pytest.approx(usual)


def test_the_level_of_a_day_counts_for_more_the_longer_it_lasts():
    assert day_level([]) == 1
    assert day_level([(120, 100)] * 2) == pytest.approx(1.1)
    assert day_level([(120, 100)] * 98) == pytest.approx(1.196)
    assert day_level([(900, 100)] * 98) == 2
    assert day_level([(5, 0)]) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_year_without_a_forecast_is_predicted_nearly_as_well_as_possible(seed):
    _, within, floor = errors_of_a_year(seed, every=3)
    assert within <= floor + 0.55


def test_a_week_with_an_unrecorded_outage_does_not_change_what_is_expected():
    monday = 12 * WEEK_S
    times = [monday + half_hour * INTERVAL_S for half_hour in range(16, 40)]
    history = {at - week * WEEK_S: 300.0 for at in times for week in range(1, 9)}
    history |= {at - 2 * WEEK_S: 60.0 for at in times[8:11]}
    history |= {at - 3 * WEEK_S: 330.0 for at in times}
    expected = [Usual(history).at(at) for at in times]
    assert [each.offered for each in expected] == pytest.approx([300] * len(times), rel=0.02)
    assert (expected[9].low, expected[9].high) == (60, 330)


def outage(seed: int) -> tuple[list[Plan], float, float, int]:
    """Return a queue that is staffed for its target and loses most or all agents for one to four intervals."""
    dice = random.Random(seed)
    interval_s, patience_s = dice.choice([900.0, 1800.0]), float(dice.choice([60, 120, 180, 300, 600]))
    aht_s, rate, spare, lasts = (
        dice.uniform(180, 480),
        dice.uniform(0.03, 0.4),
        dice.uniform(1.02, 1.15),
        dice.randint(1, 4),
    )
    remaining_share = dice.choice([0, 0, 0.2, 0.4])
    plan: list[Plan] = []
    for interval in range(HORIZON):
        arrivals = rate * (1 + 0.2 * dice.uniform(-1, 1))
        need = required_a(Load(arrivals, aht_s, 1, THRESHOLD_S, patience_s), TARGET, ServiceLevel.OF_OFFERED) or 0
        agents = int(need * spare) + 1
        plan.append((arrivals, aht_s, int(agents * remaining_share) if interval < lasts else agents))
    return plan, interval_s, patience_s, lasts


def is_within_one_interval(seed: int, replications: int) -> bool:
    """True if the model agrees with the median of the simulations on both times."""
    plan, interval_s, patience_s, lasts = outage(seed)
    answer = recovery(
        [Span(*each) for each in plan],
        0,
        interval_s=interval_s,
        threshold_s=THRESHOLD_S,
        patience_s=patience_s,
        target=TARGET,
        after=lasts,
    )
    usual_queue = [
        max(3.0, erlang_a(Load(arrivals, aht_s, agents, THRESHOLD_S, patience_s)).queue) if agents else 3.0
        for arrivals, aht_s, agents in plan
    ]
    level_back, backlog_back = recovered_at(
        plan, interval_s, THRESHOLD_S, patience_s, TARGET, lasts, usual_queue, replications, seed
    )
    predicted = [HORIZON if at is None else at for at in (answer.service_level, answer.backlog)]
    return abs(predicted[0] - level_back) <= 1 and abs(predicted[1] - backlog_back) <= 1


def test_the_time_to_recover_agrees_with_an_event_by_event_simulation():
    agreed = [is_within_one_interval(seed, replications=9) for seed in range(12)]
    assert agreed.count(False) <= 1


def test_no_recovery_is_predicted_for_a_queue_that_stays_short_of_agents():
    spans = [Span(0.3, 360, 0)] * 2 + [Span(0.3, 360, 90)] * 10
    answer = recovery(spans, 0, interval_s=1800, threshold_s=20, patience_s=180, target=0.8, after=2)
    assert answer.service_level is None
    assert (answer.backlog, round(answer.queues[-1], 1)) == (2, 9.0)


def predicted(spans: list[Span], waiting: float = 0, **facts: Any) -> Recovery:
    usual: dict[str, Any] = {"interval_s": 1800, "threshold_s": 20, "patience_s": 180, "target": 0.8}
    return recovery(spans, waiting, **(usual | facts))


def test_a_queue_without_agents_fills_to_what_patience_allows_and_empties_as_fast():
    # dQ/dt = 0.3 - Q / 180: after t seconds 54 (1 - exp(-t / 180)) callers wait; if nobody calls, 54 exp(-t / 180).
    one = predicted([Span(0.3, 360, 0)], interval_s=90)
    assert one.queues == pytest.approx((54 * (1 - exp(-0.5)),))
    assert one.levels == (0,), "nobody answers"
    many = predicted([Span(0.3, 360, 0)] * 30)
    assert many.queues[-1] == pytest.approx(54)
    left = predicted([Span(0, 360, 0)], waiting=54, interval_s=180)
    assert left.queues == pytest.approx((54 / e,))
    assert left.levels == (1,), "nobody came"
    served = predicted([Span(0, 360, 36)], waiting=54, interval_s=90)
    assert served.queues == pytest.approx((max(0, -18 + 72 * exp(-0.5)),))


def test_callers_who_find_a_long_queue_are_not_answered_in_time_and_others_as_usual():
    steady = predicted([Span(0.3, 360, 120)]).levels[0]
    assert steady > 0.95
    assert predicted([Span(0.3, 360, 120)], waiting=500, interval_s=5).levels == (0,)
    one_step = predicted([Span(0.3, 360, 120)], waiting=3, interval_s=5)
    # They wait 180 ln(1 + 3 * 360 / (120 * 180)) = 8.8 seconds; e^(-8.8 / 180) of them stay.
    assert one_step.levels == pytest.approx((1 / (1 + 0.05),))
    short = predicted([Span(0.3, 360, 120)], waiting=3, interval_s=5, threshold_s=8)
    assert short.levels == (0,), "8.8 seconds are too long"


def test_the_level_is_back_with_the_first_of_two_good_intervals_after_the_outage():
    good, bad = Span(0.3, 360, 140), Span(0.3, 360, 20)
    assert predicted([good, good]).service_level == 0
    assert predicted([good]).service_level is None
    assert predicted([good, good, bad]).service_level == 0
    assert predicted([bad, good, bad, good, good, good], after=1).service_level == 3
    assert predicted([good, good, good, good], after=1).service_level == 1
    assert predicted([bad, bad, bad]).service_level is None
    assert predicted([good, good], target=predicted([good]).levels[0]).service_level == 0


def test_the_backlog_is_gone_when_no_more_wait_than_usual_or_one():
    good = Span(0.3, 360, 140)
    after_outage = predicted([Span(0.3, 360, 0), good, good, good], after=1)
    assert after_outage.backlog == next(at for at in (1, 2, 3) if after_outage.queues[at] <= 1)
    assert predicted([Span(0.3, 360, 0)] * 5).backlog is None
    assert predicted([Span(0.001, 360, 0)] * 5).backlog == 0, "one caller waits at most"
    assert predicted([good] * 3, after=2).backlog == 2
