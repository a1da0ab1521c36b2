"""Load of the teams, moves that balance it, and unusual intake and queues."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.cases.rules.schedule import Schedule
from bot.cases.rules.surprise import MOST_SIZE, negative_binomial_tail

DAY = timedelta(days=1)
# An hour's intake less probable than this is unusual.
UNUSUAL = 1e-4
# A queue is too long if the free engineers cannot pick it up within this time.
PICKED_UP_WITHIN = timedelta(hours=2)
# Fewer cases than this are not worth moving.
LEAST_MOVED = 2


class TeamLoad(Struct, frozen=True):
    """A team's open cases whose clock runs or that have no target, how many of them are unassigned, its people at
    work, and the cases it ends per day. Teams of the same `skill` can take each other's cases; empty means none."""

    team: str
    region: str
    skill: str
    actionable: int
    unassigned: int
    available: int
    ended_a_day: float

    @property
    def load(self) -> float | None:
        """Cases per person; None if nobody is at work."""
        return self.actionable / self.available if self.available else None

    @property
    def backlog_days(self) -> float | None:
        """How many days of work are open; None if no case ended lately."""
        return self.actionable / self.ended_a_day if self.ended_a_day else None


class Move(Struct, frozen=True):
    """A move of `count` cases between two teams, with the loads before and after and the hours both work."""

    count: int
    source: str
    target: str
    source_load: float | None
    target_load: float
    load_after: float
    overlap: timedelta


def suggestion(teams: Sequence[TeamLoad], overlaps: Mapping[tuple[str, str], timedelta]) -> Move | None:
    """The largest move that evens out the load of two teams of one skill; only unassigned cases are moved. None if
    nothing is worth moving.

    `overlaps` holds how long two regions work at the same time within a day; cases are not moved between regions
    that never do.
    """
    moves = [
        move
        for source in teams
        for target in teams
        if source.skill and source.skill == target.skill and source.team != target.team
        if (move := _move(source, target, overlaps.get((source.region, target.region), DAY))) is not None
    ]
    return max(moves, key=lambda move: (move.count, -move.target_load), default=None)


def _move(source: TeamLoad, target: TeamLoad, overlap: timedelta) -> Move | None:
    if not target.available or overlap <= timedelta():
        return None
    people = source.available + target.available
    even_load = (source.actionable + target.actionable) / people
    count = min(source.unassigned, math.floor(source.actionable - even_load * source.available))
    if count < LEAST_MOVED:
        return None
    target_load = target.actionable / target.available
    load_after = (target.actionable + count) / target.available
    return Move(count, source.team, target.team, source.load, target_load, load_after, overlap)


def balance_index(teams: Sequence[TeamLoad]) -> float | None:
    """The largest load divided by the mean load; 1 is even. None if there is no load."""
    loads = [team.load for team in teams if team.load is not None]
    mean = sum(loads) / len(loads) if loads else 0.0
    return max(loads) / mean if mean else None


def overlap(first: Schedule, second: Schedule, now: datetime) -> timedelta:
    """How long both schedules are open at once within the next 24 hours."""
    until, total = now + DAY, timedelta()
    for since, end in _spans(first, now, until):
        for other_since, other_end in _spans(second, now, until):
            total += max(timedelta(), min(end, other_end) - max(since, other_since))
    return total


def _spans(schedule: Schedule, now: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    spans = []
    for since, end in schedule.open_spans(now):
        if since >= until:
            break
        spans.append((since, min(end, until)))
    return spans


def is_unusual_intake(count: int, same_hours: Sequence[int]) -> bool:
    """True if far more cases came in the last hour than in the same hour of earlier days. Surges are overdispersed,
    so the tail is negative binomial. Nothing is unusual before three days, nor fewer than seven cases."""
    if len(same_hours) < 3:
        return False
    mean = max(sum(same_hours) / len(same_hours), 0.5)
    return negative_binomial_tail(count, mean, MOST_SIZE) < UNUSUAL


def is_queue_too_long(unassigned: int, free: int, per_hour: float) -> bool:
    """True if the free engineers cannot pick up the waiting cases within two hours."""
    return unassigned > free * per_hour * (PICKED_UP_WITHIN / timedelta(hours=1))
