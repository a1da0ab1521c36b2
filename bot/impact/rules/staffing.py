"""How many agents are needed: queues that share their agents are one load, period by period. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import mode

from msgspec import Struct

from bot.impact.rules.assessment import Goal
from bot.impact.rules.baseline import Usual
from bot.impact.rules.erlang import MOST_AGENTS, Load, required_a, required_c
from bot.impact.rules.figures import Figures
from bot.impact.rules.intervals import QueueInterval

# With fewer intervals, their length is unknown.
FEWEST = 2


class Planned(Struct, frozen=True):
    """What is expected of a queue between two moments, in seconds since 1970."""

    starts_at: int
    ends_at: int
    offered: float
    aht_s: float
    goal: Goal
    # False for the usual volume, True for a forecast.
    is_forecast: bool = True

    @property
    def per_s(self) -> float:
        """Contacts per second."""
        return self.offered / (self.ends_at - self.starts_at)


class Requirement(Struct, frozen=True):
    """A period, its contacts, and how many agents reach every goal, by Erlang A and by Erlang C."""

    starts_at: int
    ends_at: int
    offered: float
    aht_s: float
    patience_s: float
    agents: int
    agents_c: int
    is_forecast: bool = True


def usual_intervals(
    queue_id: int, history: Mapping[int, float], start: int, end: int, local: Callable[[int], int]
) -> Iterator[QueueInterval]:
    """What is usual for the weekday and time between two moments, from past contacts by the start of their
    interval; nothing without a past."""
    starts = sorted(history)
    if len(starts) < FEWEST:
        return
    length_s = mode(after - before for before, after in pairwise(starts))
    usual = Usual({local(moment): offered for moment, offered in history.items()}, length_s)
    first = start - (start - starts[-1]) % length_s
    for starts_at in range(first, end, length_s):
        if expected := usual.at(local(starts_at)):
            figures = Figures(forecast_offered=expected.offered)
            yield QueueInterval(queue_id, starts_at, length_s, figures)


def requirements(planned: Sequence[Planned]) -> Iterator[Requirement]:
    """Requirements by time. Intervals of different lengths are cut at each other's ends; empty ones are skipped."""
    points = sorted({moment for interval in planned for moment in (interval.starts_at, interval.ends_at)})
    parts: list[list[Planned]] = [[] for _ in points]
    for interval in planned:
        for index in range(bisect_left(points, interval.starts_at), bisect_left(points, interval.ends_at)):
            parts[index].append(interval)
    for index, planned_of_period in enumerate(parts):
        if any(interval.offered > 0 and interval.aht_s > 0 for interval in planned_of_period):
            yield _requirement(points[index], points[index + 1], planned_of_period)


def _requirement(starts_at: int, ends_at: int, planned_of_period: Sequence[Planned]) -> Requirement:
    """The requirement of one period. Queues with the same goal share agents; each other goal has its own."""
    by_goal = [
        [planned for planned in planned_of_period if planned.goal == goal]
        for goal in dict.fromkeys(planned.goal for planned in planned_of_period)
    ]
    agents_of_goals = [_agents(*_load(planned_of_goal), planned_of_goal[0].goal) for planned_of_goal in by_goal]
    per_s, aht_s = _load(planned_of_period)
    return Requirement(
        starts_at,
        ends_at,
        per_s * (ends_at - starts_at),
        aht_s,
        min(planned.goal.patience_s for planned in planned_of_period),
        sum(agents[0] for agents in agents_of_goals),
        sum(agents[1] for agents in agents_of_goals),
        all(planned.is_forecast for planned in planned_of_period),
    )


def _load(planned: Iterable[Planned]) -> tuple[float, float]:
    """Contacts per second, and their mean handle time."""
    per_s = erlangs = 0.0
    for item in planned:
        per_s += item.per_s
        erlangs += item.per_s * item.aht_s
    return per_s, erlangs / per_s if per_s else 0.0


# Coverage is checked every ten minutes, and the forecast seldom changes.
@lru_cache(maxsize=20_000)
def _agents(per_s: float, aht_s: float, goal: Goal) -> tuple[int, int]:
    if per_s <= 0 or aht_s <= 0:
        return 0, 0
    load = Load(per_s, aht_s, 0, goal.threshold_s, goal.patience_s)
    by_a, by_c = required_a(load, goal.target, goal.formula), required_c(load, goal.target)
    return by_a or MOST_AGENTS, by_c or MOST_AGENTS
