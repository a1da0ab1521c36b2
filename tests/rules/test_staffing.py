"""The agents that a forecast needs, and the times when fewer are on shift."""

from datetime import UTC, datetime, time

from msgspec.structs import replace

from bot.impact.rules.assessment import Goal
from bot.impact.rules.baseline import WEEK_S
from bot.impact.rules.erlang import Load, required_a, required_c
from bot.impact.rules.figures import ServiceLevel
from bot.impact.rules.staffing import Planned, requirements, usual_intervals
from bot.shifts.load_rules import shortages
from bot.shifts.rules import Basis, Duty, Needed, to_minute

MIDNIGHT = datetime(2026, 5, 13, tzinfo=UTC)
BEGIN = to_minute(MIDNIGHT)
GOAL = Goal()


def planned(start: int, minutes: int, offered: float, aht_s: float = 180, goal: Goal = GOAL) -> Planned:
    return Planned(start * 60, (start + minutes) * 60, offered, aht_s, goal)


def test_each_part_needs_the_fewest_agents_that_reach_the_goal_by_each_model() -> None:
    """100 contacts in half an hour, 180 s each: Erlang C's 14 is the published vector (13 reach 79.6 %)."""
    (requirement,) = requirements([planned(0, 30, 100)])
    load = Load(100 / 1800, 180, 0, 20, 120)
    assert requirement.agents_c == 14 == required_c(load, 0.8)
    assert requirement.agents == required_a(load, 0.8, ServiceLevel.OF_OFFERED)
    assert (requirement.starts_at, requirement.ends_at, requirement.offered, requirement.aht_s) == (
        0,
        1800,
        100,
        180,
    )


def test_queues_with_the_same_goal_share_their_agents_and_queues_with_another_do_not() -> None:
    strict = Goal(threshold_s=10, target=0.9)
    (alone,) = requirements([planned(0, 30, 50)])
    (pooled,) = requirements([planned(0, 30, 50), planned(0, 30, 50)])
    (other,) = requirements([planned(0, 30, 50, goal=strict)])
    (apart,) = requirements([planned(0, 30, 50), planned(0, 30, 50, goal=strict)])
    assert pooled.agents < 2 * alone.agents
    assert apart.agents == alone.agents + other.agents


def test_intervals_of_different_lengths_are_split_at_each_others_ends_and_empty_parts_are_left_out() -> None:
    parts = list(requirements([planned(0, 30, 60), planned(15, 15, 30), planned(30, 15, 0)]))
    assert [(each.starts_at // 60, each.ends_at // 60, each.offered) for each in parts] == [
        (0, 15, 30),
        (15, 30, 60),
    ]


def test_the_usual_is_used_after_the_end_of_the_forecast_and_nothing_without_history() -> None:
    """Half-hours of 10, 20, 10 … on the weekday before; the first begins within the current interval."""
    monday = int(MIDNIGHT.timestamp())
    past = {monday - WEEK_S + 1800 * place: 10.0 + 10 * (place % 2) for place in range(48)}
    intervals = list(usual_intervals(7, past, monday + 900, monday + 5400, int))
    assert [(each.queue_id, each.starts_at - monday, each.interval_s) for each in intervals] == [
        (7, 0, 1800),
        (7, 1800, 1800),
        (7, 3600, 1800),
    ]
    assert [round(each.figures.forecast_offered or 0) for each in intervals] == [10, 20, 10]
    assert list(usual_intervals(7, {}, monday, monday + 5400, int)) == []
    (mixed,) = requirements([planned(0, 30, 50), replace(planned(0, 30, 50), is_forecast=False)])
    assert not mixed.is_forecast


def basis(start: int, end: int, agents: int, shrinkage: float = 0.0) -> Basis:
    return Basis(BEGIN + start, BEGIN + end, 40, 180, 120, agents, agents + 1, shrinkage)


def short(duties: list[Duty], load: list[Basis], need: Needed | None = None) -> list[tuple[int, int, int, int]]:
    shortage_rows = shortages(duties, need or Needed("agent"), load, BEGIN, BEGIN + 2880)
    return [(each.start - BEGIN, each.end - BEGIN, len(each.people), each.needed) for each in shortage_rows]


def on(start: int, end: int, *people: str) -> list[Duty]:
    return [Duty(BEGIN + start, BEGIN + end, person, "agent") for person in people]


def test_each_minute_with_fewer_people_than_the_load_needs_is_found_and_none_is_invented() -> None:
    load = [basis(540, 570, 2), basis(570, 600, 3), basis(600, 630, 2)]
    assert short(on(500, 700, "a", "b", "c"), load) == []
    assert short(on(500, 700, "a", "b"), load) == [(570, 600, 2, 3)]
    assert short(on(500, 585, "a", "b", "c"), load) == [(585, 630, 0, 3)], "the worst moment of the shortage"
    assert short([], []) == [], "nothing is forecast"
    others = [
        *on(-90, -30, "before"),
        *on(2880, 2940, "after"),
        Duty(BEGIN + 500, BEGIN + 700, "b", "manager"),
        # People whom nobody can reach in Slack answer calls all the same.
        Duty(BEGIN + 500, BEGIN + 700, "c", "Agent", is_known=False),
    ]
    assert short([*on(-60, 585, "a"), *others], load[:2]) == [(570, 600, 1, 3)]
    assert short([*on(-60, 570, "a"), *on(2870, 2990, "a"), *others], load[:1]) == []


def test_shrinkage_is_added_to_the_roster_and_a_whole_number_stays_whole() -> None:
    assert [basis(0, 30, 7, 0.3).people, basis(0, 30, 70, 0.3).people, basis(0, 30, 6, 0.3).people] == [10, 100, 9]


def test_nearby_times_of_one_day_are_one_request_and_another_day_is_another() -> None:
    load = [basis(540, 570, 2), basis(600, 630, 4), basis(720, 750, 2), basis(1410, 1440, 2), basis(1440, 1470, 2)]
    assert short(on(0, 2880, "a"), load) == [
        (540, 630, 1, 4),
        (720, 750, 1, 2),
        (1410, 1440, 1, 2),
        (1440, 1470, 1, 2),
    ]
    assert short(on(0, 2880, "a"), [basis(540, 570, 2), basis(630, 660, 2)]) == [(540, 660, 1, 2)]
    few_then_many = [*on(0, 570, "a"), *on(570, 600, "a", "b", "c", "d")]
    missing = short(few_then_many, [basis(540, 570, 3), basis(570, 600, 5)])
    assert missing == [(540, 600, 1, 3)], "when most are missing, not when most are needed"
    hours = Needed("agent", hours=(time(10), time(12)))
    assert short(on(0, 2880, "a"), load, hours) == [(600, 630, 1, 4)], "only when the need is there"
