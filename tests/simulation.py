"""An event-by-event simulation of a call centre, sharing no code with the bot, to compare `bot.impact` with."""

import heapq
import random
from collections import deque
from collections.abc import Sequence
from statistics import median

# One interval: arrivals per second, mean handle time, agents.
Plan = tuple[float, float, int]


def simulate(
    plan: Sequence[Plan], interval_s: float, threshold_s: float, patience_s: float, seed: int
) -> tuple[list[float], list[int]]:
    """Return, from one replication, each interval's share of contacts answered in time and its final queue."""
    dice = random.Random(seed)
    end = interval_s * len(plan)
    offered, in_time, queues = [0] * len(plan), [0] * len(plan), [0] * len(plan)
    waiting: deque[tuple[float, float]] = deque()
    busy: list[float] = []
    now, at_interval = 0.0, 0
    next_arrival = _next_arrival(dice, plan, interval_s, 0.0, end)
    while now < end:
        # The next event: an arrival, the end of a contact, or the end of an interval.
        boundary = (at_interval + 1) * interval_s
        now = min(next_arrival, busy[0] if busy else end, boundary, end)
        while busy and busy[0] <= now:
            heapq.heappop(busy)
        if now == next_arrival:
            waiting.append((now, now + dice.expovariate(1 / patience_s)))
            offered[at_interval] += 1
            next_arrival = _next_arrival(dice, plan, interval_s, now, end)
        if now >= boundary:
            queues[at_interval] = sum(gives_up > now for _, gives_up in waiting)
            at_interval += 1
            if at_interval == len(plan):
                break
        _, aht_s, agents = plan[at_interval]
        while waiting and (len(busy) < agents or waiting[0][1] <= now):
            came, gives_up = waiting.popleft()
            if gives_up <= now:
                continue
            heapq.heappush(busy, now + dice.expovariate(1 / aht_s))
            in_time[min(int(came // interval_s), len(plan) - 1)] += now - came <= threshold_s
    levels = [served / came if came else 1.0 for served, came in zip(in_time, offered, strict=True)]
    return levels, queues


def _next_arrival(dice: random.Random, plan: Sequence[Plan], interval_s: float, now: float, end: float) -> float:
    """Return the next arrival. Rates are constant within an interval; the rest of a gap is carried over, without
    thinning."""
    gap = dice.expovariate(1.0)
    while now < end:
        place = int(now // interval_s)
        rate, until = plan[place][0], (place + 1) * interval_s
        if rate > 0 and gap <= rate * (until - now):
            return now + gap / rate
        gap -= rate * (until - now)
        now = until
    return end


def recovered_at(
    plan: Sequence[Plan],
    interval_s: float,
    threshold_s: float,
    patience_s: float,
    target: float,
    after: int,
    usual_queue: Sequence[float],
    replications: int,
    seed: int,
) -> tuple[float, float]:
    """Return the medians of when the service level was back for two intervals in a row and when the backlog was."""
    levels_back, queues_back = [], []
    for replication in range(replications):
        levels, queues = simulate(plan, interval_s, threshold_s, patience_s, seed * 1_000 + replication)
        last = len(plan)
        levels_back.append(next((at for at in range(after, last - 1) if min(levels[at : at + 2]) >= target), last))
        queues_back.append(next((at for at in range(after, last) if queues[at] <= usual_queue[at]), last))
    return median(levels_back), median(queues_back)
