"""Interval figures: sums, service levels, losses and warnings."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.impact.rules.figures import Figures, ServiceLevel, Totals, added, totals_from, vector
from bot.impact.rules.losses import Baseline, Interval, Losses, loss_vector, losses_from, points_lost
from bot.impact.rules.warnings import Alert, Watch, watch

BUSY = Figures(
    offered=200,
    answered=150,
    answered_in=90,
    abandoned=50,
    abandoned_in=10,
    removed_in=104,
    aht_s=300,
    asa_s=60,
    agents=30,
)
QUIET = Figures(
    offered=20,
    answered=20,
    answered_in=20,
    abandoned=0,
    abandoned_in=0,
    removed_in=20,
    aht_s=200,
    asa_s=5,
    agents=30,
)
amounts = st.one_of(st.none(), st.integers(0, 500).map(float))
# Each field by name: otherwise hypothesis would invent numbers that no import accepts, such as NaN.
rows = st.builds(Figures, **dict.fromkeys(Figures._fields, amounts))
formulas = st.sampled_from(list(ServiceLevel))


def total(intervals: Iterable[Figures], formula: ServiceLevel, interval_s: int) -> Totals:
    """The totals of these intervals, all of the same length."""
    return totals_from(added(vector(each, formula, interval_s) for each in intervals))


def losses(intervals: Iterable[Interval]) -> Losses:
    """The total losses of these intervals."""
    return losses_from(added(loss_vector(each) for each in intervals))


@pytest.mark.parametrize(
    ("formula", "level"),
    [
        (ServiceLevel.OF_OFFERED, 110 / 220),
        (ServiceLevel.OF_ANSWERED, 110 / 170),
        (ServiceLevel.WITH_ABANDONED, 120 / 220),
        (ServiceLevel.WITHOUT_SHORT, 110 / 210),
        (ServiceLevel.REMOVED, 124 / 220),
    ],
)
def test_each_named_service_level_divides_sums_and_averages_no_percentage(formula, level):
    assert total([BUSY, QUIET], formula, 1800).service_level.value == pytest.approx(level)


def test_averages_are_weighted_by_the_contacts_they_are_averages_of():
    totals = total([BUSY, QUIET], ServiceLevel.OF_OFFERED, 1800)
    assert totals.asa.value == pytest.approx((150 * 60 + 20 * 5) / 170)
    assert totals.aht.value == pytest.approx((150 * 300 + 20 * 200) / 170)
    assert totals.abandonment.value == pytest.approx(50 / 220)
    assert totals.occupancy_told.value == pytest.approx((150 * 300 + 20 * 200) / (60 * 1800))


def test_occupancy_and_adherence_divide_sums_and_never_mix_two_formulas():
    full = BUSY._replace(agents=30, agents_scheduled=32, agents_available=5)
    idle = QUIET._replace(agents=30, agents_scheduled=24, agents_available=27)
    totals = total([full, idle], ServiceLevel.OF_OFFERED, 1800)
    handling_s = 150 * 300 + 20 * 200
    assert totals.occupancy_told.value == pytest.approx(handling_s / (handling_s + 32 * 1800))
    # Six who came unscheduled in one interval do not make up for two who were absent in the other.
    assert totals.adherence.value == pytest.approx((30 + 24) / (32 + 24))

    mixed = total([full, QUIET, QUIET], ServiceLevel.OF_OFFERED, 1800)
    assert not mixed.counts_available
    assert mixed.occupancy_told.value == pytest.approx((150 * 300 + 2 * 20 * 200) / (90 * 1800))
    assert (mixed.adherence.known, mixed.adherence.of) == (1, 3)
    assert total([BUSY], ServiceLevel.OF_OFFERED, 1800).adherence.value is None
    nobody = BUSY._replace(agents=0, agents_scheduled=0, agents_available=0)
    assert total([nobody], ServiceLevel.OF_OFFERED, 1800).adherence.value is None


def test_unknown_figures_are_neither_zero_nor_complete():
    totals = total([BUSY, Figures(offered=100)], ServiceLevel.OF_OFFERED, 1800)
    assert (totals.offered.value, totals.offered.is_whole) == (300, True)
    assert (totals.answered.value, totals.answered.is_whole) == (150, False)
    # The second interval's contacts are in no denominator while the number answered in time is unknown.
    assert totals.service_level.value == pytest.approx(90 / 200)
    assert (totals.service_level.known, totals.service_level.of) == (1, 2)


def test_a_queue_without_contacts_has_no_service_level():
    nothing = Figures(offered=0, answered=0, answered_in=0, abandoned=0)
    totals = total([nothing], ServiceLevel.OF_OFFERED, 1800)
    assert totals.service_level.value is None
    assert totals.abandonment.value is None
    assert total([], ServiceLevel.OF_OFFERED, 1800).offered.value is None


@given(st.lists(rows, max_size=12), st.integers(0, 12), formulas)
def test_any_split_of_intervals_gives_the_same_totals(intervals, at, formula):
    def of(some: list[Figures]) -> Totals:
        return total(some, formula, 1800)

    assert of(intervals[:at]) + of(intervals[at:]) == of(intervals)
    assert of(list(reversed(intervals))) == of(intervals)


USUAL = Baseline(offered=180, abandonment=0.05, asa_s=20, aht_s=240)


def test_contacts_lost_are_shown_with_their_parts():
    silent = Interval(Figures(offered=80, answered=80, abandoned=0), USUAL, 0.8)
    flooded = Interval(BUSY._replace(offered=220), USUAL, 0.8, is_recovery=True)
    lost = losses([silent, flooded])
    assert lost.suppressed.amount == 100
    assert lost.returned == 40
    assert lost.excess_abandons.amount == pytest.approx((0 - 0.05 * 80) + (50 - 0.05 * 220))
    assert lost.contacts_lost == pytest.approx(100 - 40 + 35)
    assert lost.late.amount == pytest.approx(0.8 * 220 - 90)
    assert lost.excess_wait_min.amount == pytest.approx(150 * 40 / 60)
    assert lost.excess_handle_h.amount == pytest.approx(150 * 60 / 3600)


def test_fewer_who_give_up_than_usual_are_no_negative_loss():
    lost = losses([Interval(BUSY._replace(offered=180, abandoned=2), USUAL, 0.8)])
    assert lost.excess_abandons.amount < 0
    assert (lost.gave_up, lost.contacts_lost) == (0, 0)


def test_no_more_contacts_come_back_than_stayed_away():
    lost = losses([Interval(BUSY._replace(offered=500), USUAL, 0.8, is_recovery=True)])
    assert lost.returned == 0


def test_losses_are_unknown_without_a_baseline():
    assert losses([Interval(BUSY, Baseline(), 0.8)]).contacts_lost is None


@given(st.lists(st.tuples(rows, st.booleans()), max_size=12), st.integers(0, 12))
def test_any_split_of_intervals_loses_the_same(parts, at):
    usual = Baseline(offered=180, abandonment=0.0625, asa_s=20, aht_s=240)
    intervals = [Interval(row, usual, 0.75, is_recovery) for row, is_recovery in parts]
    split, whole = losses(intervals[:at]) + losses(intervals[at:]), losses(intervals)
    for name in Losses.__struct_fields__:
        assert getattr(split, name).amount == pytest.approx(getattr(whole, name).amount)


def test_points_lost_in_a_day_are_its_level_without_the_incident_minus_its_actual_level():
    quiet, busy = (vector(row, ServiceLevel.OF_OFFERED, 900) for row in (QUIET, BUSY))
    assert points_lost([(quiet, False), (busy, True)]) == pytest.approx(100 * (1 - 110 / 220))
    assert points_lost([(busy, True)]) is None


@pytest.mark.parametrize(
    ("levels", "alert"),
    [
        ([0.85], Alert.FINE),
        ([0.64], Alert.FINE),
        ([0.63], Alert.WARNING),
        ([0.40], Alert.WARNING),
        ([0.40, None, 0.47], Alert.CRITICAL),
        ([0.40, 0.55, 0.40], Alert.WARNING),
        ([0.40, 0.40, 0.55], Alert.CRITICAL),
        ([0.40, 0.40, 0.70], Alert.FINE),
    ],
)
def test_a_warning_is_under_80_percent_of_the_goal_and_critical_twice_under_60(levels, alert):
    assert watch(Watch(), list(enumerate(levels)), target=0.8).alert == alert


@pytest.mark.parametrize(
    ("imports", "alert"),
    [
        ([[None, None], [0.20, 0.20]], Alert.CRITICAL),  # the level comes after the other figures
        ([[0.90, None], [0.90, 0.20], [0.90, 0.20, 0.20]], Alert.CRITICAL),
        ([[1.00], [0.20]], Alert.WARNING),  # typed while the interval ran, and corrected
        ([[0.40, 0.40], [0.40, 0.90]], Alert.FINE),
        ([[0.40], [0.40], [0.40, 0.70]], Alert.FINE),  # the same figures again are not another interval
    ],
)
def test_an_interval_is_evaluated_when_its_level_arrives_and_again_when_it_is_corrected(imports, alert) -> None:
    state = Watch()
    for levels in imports:
        state = watch(state, list(enumerate(levels)), target=0.8)
    assert state.alert == alert


def test_an_average_over_no_contacts_weighs_nothing_and_one_over_unknown_contacts_is_unknown():
    idle = Figures(offered=0, answered=0, abandoned=0, agents=30)
    assert total([idle, BUSY], ServiceLevel.OF_OFFERED, 1800).asa.is_whole
    assert total([idle, BUSY], ServiceLevel.OF_OFFERED, 1800).aht.value == 300
    unknown = total([Figures(offered=20, abandoned_in=1)], ServiceLevel.WITHOUT_SHORT, 1800)
    assert (unknown.aht.known, unknown.service_level.value) == (0, None)
    assert (
        total([Figures(answered_in=20, offered=30)], ServiceLevel.WITHOUT_SHORT, 1800).service_level.value is None
    )


def test_losses_count_the_intervals_for_which_they_are_known():
    known = Interval(Figures(offered=90, answered=60, abandoned=30, asa_s=20), Baseline(100, 0.1, 10, None), 0.8)
    unknown = Interval(Figures(answered=60), Baseline(), 0.8)
    both = losses([known, unknown])
    assert (both.suppressed.known, both.suppressed.of) == (1, 2)
    assert (both.excess_wait_min.known, both.excess_wait_min.of, both.excess_wait_min.amount) == (1, 2, 10)
    assert (
        losses([unknown, Interval(Figures(offered=9, abandoned=3), Baseline(None, 0), 0.8)]).contacts_lost is None
    )
    # Before the end nobody has come back, and afterwards nobody stays away.
    more, fewer = Figures(offered=120), Figures(offered=70)
    assert losses([Interval(more, Baseline(100), 0.8)]).rebound.amount == 0
    assert losses([Interval(fewer, Baseline(100), 0.8, is_recovery=True)]).suppressed.amount == 0


def test_levels_before_the_last_one_that_is_known_raise_no_alert_again():
    state = watch(Watch(), [(0, 0.9), (1, 0.9), (2, 0.9)], target=0.8)
    assert watch(state, [(0, 0.1), (1, 0.1)], target=0.8) == state
    assert state.level == 0.9


@pytest.mark.parametrize(("level", "alert"), [(0.64, Alert.FINE), (0.639, Alert.WARNING), (0.48, Alert.WARNING)])
def test_a_level_exactly_at_a_line_is_not_under_it(level, alert):
    assert watch(Watch(), [(0, level), (1, level)], target=0.8).alert == alert
