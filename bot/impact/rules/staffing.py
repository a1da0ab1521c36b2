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
from bot.impact.rules.series import QueueInterval

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
    begins = sorted(history)
    if len(begins) < FEWEST:
        return
    length_s = mode(after - before for before, after in pairwise(begins))
    usual = Usual({local(moment): offered for moment, offered in history.items()}, length_s)
    first = start - (start - begins[-1]) % length_s
    for starts_at in range(first, end, length_s):
        if expected := usual.at(local(starts_at)):
            figures = Figures(forecast_offered=expected.offered)
            yield QueueInterval(queue_id, starts_at, length_s, figures)


def requirements(planned: Sequence[Planned]) -> Iterator[Requirement]:
    """Requirements by time. Intervals of different lengths are cut at each other's ends; empty ones are skipped."""
    points = sorted({moment for each in planned for moment in (each.starts_at, each.ends_at)})
    parts: list[list[Planned]] = [[] for _ in points]
    for each in planned:
        for place in range(bisect_left(points, each.starts_at), bisect_left(points, each.ends_at)):
            parts[place].append(each)
    for place, within in enumerate(parts):
        if any(each.offered > 0 and each.aht_s > 0 for each in within):
            yield _requirement(points[place], points[place + 1], within)


def _requirement(starts_at: int, ends_at: int, within: Sequence[Planned]) -> Requirement:
    """The requirement of one period. Queues with the same goal share agents; each other goal has its own."""
    by_goal = [
        [each for each in within if each.goal == goal] for goal in dict.fromkeys(each.goal for each in within)
    ]
    needed = [_agents(*_load(same), same[0].goal) for same in by_goal]
    per_s, aht_s = _load(within)
    return Requirement(
        starts_at,
        ends_at,
        per_s * (ends_at - starts_at),
        aht_s,
        min(each.goal.patience_s for each in within),
        sum(each[0] for each in needed),
        sum(each[1] for each in needed),
        all(each.is_forecast for each in within),
    )


def _load(planned: Iterable[Planned]) -> tuple[float, float]:
    """Contacts per second, and their mean handle time."""
    per_s = erlangs = 0.0
    for each in planned:
        per_s += each.per_s
        erlangs += each.per_s * each.aht_s
    return per_s, erlangs / per_s if per_s else 0.0


# Coverage is checked every ten minutes, and the forecast seldom changes.
@lru_cache(maxsize=20_000)
def _agents(per_s: float, aht_s: float, goal: Goal) -> tuple[int, int]:
    if per_s <= 0 or aht_s <= 0:
        return 0, 0
    load = Load(per_s, aht_s, 0, goal.threshold_s, goal.patience_s)
    by_a, by_c = required_a(load, goal.target, goal.formula), required_c(load, goal.target)
    return by_a or MOST_AGENTS, by_c or MOST_AGENTS
