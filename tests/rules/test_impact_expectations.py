"""The expected contacts, and the time when a queue has recovered."""

import random

import pytest

from bot.impact.rules.baseline import WEEK_S, Usual, day_level
from bot.impact.rules.erlang import Load, erlang_a, required_a
from bot.impact.rules.figures import ServiceLevel
from bot.impact.rules.recovery import Span, recovery
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
