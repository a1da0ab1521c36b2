"""When a queue recovers after an outage: its service level and its backlog. A fluid model.

dQ/dt = arrivals - agents / AHT - Q / patience, while callers wait. Source: A. Mandelbaum, W. Massey and M. Reiman
1998 (fluid limits of queues with abandonment). While the fluid queue is empty, the steady state of Erlang A for the
interval is used.
"""

from collections.abc import Sequence
from functools import cache
from math import exp, log1p

from msgspec import Struct

from bot.impact.rules.assessment import Level
from bot.impact.rules.erlang import Load, erlang_a
from bot.impact.rules.figures import ServiceLevel

STEP_S = 5.0
CONSECUTIVE = 2


# In floating point, a share that is just the goal may be a little less.
TOLERANCE = 1e-9


class Span(Struct, frozen=True):
    """One interval ahead: what arrives, and how many agents can answer."""

    arrivals_per_s: float
    aht_s: float
    agents: float


class Recovery(Struct, frozen=True):
    """The first interval from which each is back to normal, counted from 0; None if beyond the given spans."""

    service_level: int | None
    backlog: int | None
    # Each interval's share of contacts answered in time, and the contacts waiting at its end.
    levels: tuple[float, ...]
    queues: tuple[float, ...]


def recovery(
    spans: Sequence[Span],
    waiting: float,
    *,
    interval_s: float,
    threshold_s: float,
    patience_s: float,
    target: float,
    after: int = 0,
) -> Recovery:
    """When the service level is back for two intervals in a row, and when no more contacts wait than usual.

    `waiting` contacts wait at the start; `target` is a share of 1. Intervals before `after` count as outage.
    """
    levels, queues, usual = [], [], []
    for span in spans:
        settled = _settled_load(Load(span.arrivals_per_s, span.aht_s, int(span.agents), threshold_s, patience_s))
        in_time, arrived, steps = 0.0, 0.0, max(1, round(interval_s / STEP_S))
        step_s = interval_s / steps
        for _ in range(steps):
            in_time += span.arrivals_per_s * _in_time(span, waiting, settled.answered_in, threshold_s, patience_s)
            arrived += span.arrivals_per_s
            waiting = _next_queue(span, waiting, step_s, patience_s)
        levels.append(in_time / arrived if arrived else 1.0)
        usual.append(max(1.0, settled.queue if span.agents > 0 else 1.0))
        queues.append(waiting)
    is_back = [level >= target for level in levels]
    return Recovery(
        service_level=_first_run(is_back, CONSECUTIVE, after),
        backlog=next((at for at in range(after, len(spans)) if queues[at] <= usual[at]), None),
        levels=tuple(levels),
        queues=tuple(queues),
    )


class _Settled(Struct, frozen=True):
    answered_in: float
    queue: float


@cache
def _settled_load(load: Load) -> _Settled:
    answer = erlang_a(load)
    return _Settled(answer.service_level(ServiceLevel.OF_OFFERED), answer.queue)


def back_at(levels: Sequence[Level], target: float) -> int | None:
    """The start of the first of two intervals in a row at the goal, after the last one below it.

    None if none was below it, or if it is not back. Intervals with an unknown level are passed over.
    """
    known = [(starts_at, level) for starts_at, level in levels if level is not None]
    below = [place for place, (_, level) in enumerate(known) if level < target - TOLERANCE]
    if not below or below[-1] + CONSECUTIVE >= len(known):
        return None
    return known[below[-1] + 1][0]


def _in_time(span: Span, waiting: float, settled: float, threshold_s: float, patience_s: float) -> float:
    """The share of the callers arriving now who are answered within the threshold."""
    if span.agents <= 0:
        return 0.0
    # A caller who arrives now waits until those ahead are answered or gone: dq/ds = -n mu - q / patience.
    wait_s = patience_s * log1p(waiting * span.aht_s / (span.agents * patience_s))
    return min(settled, exp(-wait_s / patience_s)) if wait_s <= threshold_s else 0.0


def _next_queue(span: Span, waiting: float, step_s: float, patience_s: float) -> float:
    """How many callers wait one step later: the equation's exact solution, never below zero."""
    surplus = span.arrivals_per_s - span.agents / span.aht_s
    level = surplus * patience_s
    return max(0.0, level + (waiting - level) * exp(-step_s / patience_s))


def _first_run(flags: Sequence[bool], length: int, after: int) -> int | None:
    """The first place from `after` on where `length` flags in a row are true; None if there is none."""
    for at in range(after, len(flags) - length + 1):
        if all(flags[at : at + length]):
            return at
    return None
