"""Queues with callers who wait for ever (Erlang C) and with callers who give up (Erlang A, M/M/n+M). Exact.

Sources: A. K. Erlang 1917 with the recursion of his loss formula; C. Palm 1957; F. Baccelli and G. Hébuterne 1981
(the virtual waiting time); O. Garnett, A. Mandelbaum and M. Reiman 2002. Rates are per second, times in seconds.
"""

from collections.abc import Callable
from functools import cache
from math import ceil, cos, exp, expm1, inf, log, pi, sqrt

from msgspec import Struct

from bot.impact.rules.figures import ServiceLevel

MOST_AGENTS = 20_000
_NEGLIGIBLE = 1e-17
_LARGE = 1e200


class Load(Struct, frozen=True):
    """A queue's workload and its agents. `patience_s` is how long callers wait on average before they give up."""

    arrivals_per_s: float
    aht_s: float
    agents: int
    threshold_s: float = 20.0
    patience_s: float = inf

    @property
    def erlangs(self) -> float:
        """The work that arrives, measured in busy agents."""
        return self.arrivals_per_s * self.aht_s


class Unstable(Struct, frozen=True):
    """Erlang C has no answer: more work arrives than can be done; the queue grows by `growth_per_s` contacts."""

    growth_per_s: float


class Waiting(Struct, frozen=True):
    """The steady state of a queue; shares of 1, seconds and contacts."""

    delayed: float
    asa_s: float
    occupancy: float
    queue: float
    answered_in: float
    # Shares of all contacts; 0 in Erlang C.
    abandoned: float = 0.0
    abandoned_in: float = 0.0

    def service_level(self, formula: ServiceLevel) -> float:
        """The service level by that formula; Erlang C gives the same for each."""
        match formula:
            case ServiceLevel.OF_OFFERED:
                return self.answered_in
            case ServiceLevel.OF_ANSWERED:
                return _quotient(self.answered_in, 1 - self.abandoned)
            case ServiceLevel.WITHOUT_SHORT:
                return _quotient(self.answered_in, 1 - self.abandoned_in)
            case _:
                return self.answered_in + self.abandoned_in


def _quotient(numerator: float, denominator: float) -> float:
    return min(1.0, numerator / denominator) if denominator > 0 else 0.0


def erlang_b(erlangs: float, agents: int) -> float:
    """The share of callers who find every agent busy if there is no queue: B_n = A B_(n-1) / (n + A B_(n-1))."""
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = erlangs * blocked / (count + erlangs * blocked)
    return blocked


def erlang_c(load: Load) -> Waiting | Unstable:
    """Callers never give up. C = B / (1 - rho (1 - B)); SL = 1 - C exp(-(N - A) T / AHT); ASA = C AHT / (N - A)."""
    return _erlang_c(load, erlang_b(load.erlangs, load.agents))


def _erlang_c(load: Load, blocked: float) -> Waiting | Unstable:
    spare = load.agents - load.erlangs
    if spare <= 0:
        return Unstable(-spare / load.aht_s)
    occupancy = load.erlangs / load.agents
    delayed = blocked / (1 - occupancy * (1 - blocked))
    asa_s = delayed * load.aht_s / spare
    late = delayed * exp(-spare * load.threshold_s / load.aht_s)
    return Waiting(delayed, asa_s, occupancy, asa_s * load.arrivals_per_s, 1 - late)


def erlang_a(load: Load) -> Waiting:
    """Callers give up after an exponential time with mean `patience_s`; every load has an answer."""
    arrivals, leaving = load.arrivals_per_s, 1 / load.patience_s
    if arrivals <= 0 or load.agents <= 0:
        return _nobody_answers(load) if arrivals > 0 else Waiting(0.0, 0.0, 0.0, 0.0, 1.0)
    log_all_busy, delayed, queue = _state_shares(load, leaving)
    mean_wait_s = queue / arrivals
    abandoned = leaving * mean_wait_s
    service = load.agents / load.aht_s

    def offered_wait(x: float) -> float:
        """The density of the time that a caller with endless patience would wait."""
        return service * exp(log_all_busy - expm1(-leaving * x) * arrivals / leaving - service * x)

    waits = _Integral(offered_wait, load.threshold_s, _scale_s(arrivals, service, leaving))
    served_late = waits.of(lambda x: exp(-leaving * x))
    gone_early = waits.of(lambda x: -expm1(-leaving * x))
    still_waiting = max(0.0, delayed - waits.of(lambda x: 1.0))
    return Waiting(
        delayed=delayed,
        asa_s=mean_wait_s,
        occupancy=arrivals * (1 - abandoned) / service,
        queue=queue,
        answered_in=1 - delayed + served_late,
        abandoned=abandoned,
        abandoned_in=gone_early + still_waiting * -expm1(-leaving * load.threshold_s),
    )


def _nobody_answers(load: Load) -> Waiting:
    abandoned_in = -expm1(-load.threshold_s / load.patience_s)
    queue = load.arrivals_per_s * load.patience_s
    return Waiting(1.0, load.patience_s, 0.0, queue, 0.0, 1.0, abandoned_in)


def _state_shares(load: Load, leaving: float) -> tuple[float, float, float]:
    """The logarithm of the share of time with every agent busy and no caller waiting; the share with every agent
    busy; and how many callers wait on average.

    Weights are relative to the first of these states, and scaled down whenever they grow large.
    """
    arrivals, service = load.arrivals_per_s, load.agents / load.aht_s
    blocked = erlang_b(load.erlangs, load.agents)
    if blocked <= 0:
        return -inf, 0.0, 0.0
    log_first, below, weight, waiting, weighted, place = 0.0, 1 / blocked - 1, 1.0, 1.0, 0.0, 0
    while True:
        place += 1
        factor = arrivals / (service + place * leaving)
        weight *= factor
        waiting += weight
        weighted += place * weight
        if waiting > _LARGE:
            log_first -= log(waiting)
            below, weight = below / waiting, weight / waiting
            weighted, waiting = weighted / waiting, 1.0
        # Beyond the largest state, the rest is less than a geometric series.
        if factor < 1 and place * weight / (1 - factor) < _NEGLIGIBLE * (waiting + weighted):
            break
    whole = below + waiting
    return log_first - log(whole), waiting / whole, weighted / whole


def _scale_s(arrivals: float, service: float, leaving: float) -> float:
    """The number of seconds over which the density of the waiting time changes noticeably."""
    return 1 / (abs(arrivals - service) + sqrt(arrivals * leaving) + leaving)


class _Integral:
    """Gauss-Legendre quadrature over pieces short enough that each is nearly a polynomial."""

    def __init__(self, density: Callable[[float], float], end: float, scale: float) -> None:
        pieces = max(1, min(400, ceil(end / (2 * scale))))
        half = end / pieces / 2
        self._points = [
            (x, weight * half * density(x))
            for piece in range(pieces)
            for node, weight in _nodes(16)
            for x in [(2 * piece + 1 + node) * half]
        ]

    def of(self, share: Callable[[float], float]) -> float:
        """The integral of the density times the share."""
        return sum(weight * share(x) for x, weight in self._points)


@cache
def _nodes(count: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights on [-1, 1]: the roots of the Legendre polynomial, by Newton's method."""
    nodes = []
    for index in range(count):
        x = cos(pi * (index + 0.75) / (count + 0.5))
        for _ in range(8):
            value, slope = _legendre(count, x)
            x -= value / slope
        _, slope = _legendre(count, x)
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return tuple(nodes)


def _legendre(degree: int, x: float) -> tuple[float, float]:
    before, value = 1.0, x
    for n in range(2, degree + 1):
        before, value = value, ((2 * n - 1) * x * value - (n - 1) * before) / n
    return value, degree * (x * value - before) / (x * x - 1)


def required_c(load: Load, target: float) -> int | None:
    """The fewest agents with which Erlang C reaches the target; None when `MOST_AGENTS` do not."""
    blocked, agents = 1.0, 0
    while agents < MOST_AGENTS:
        agents += 1
        blocked = load.erlangs * blocked / (agents + load.erlangs * blocked)
        if agents > load.erlangs:
            answer = _erlang_c(_with_agents(load, agents), blocked)
            if isinstance(answer, Waiting) and answer.answered_in >= target:
                return agents
    return None


def required_a(load: Load, target: float, formula: ServiceLevel) -> int | None:
    """The fewest agents with which Erlang A reaches the target; None when `MOST_AGENTS` do not."""
    low, high = 0, min(max(8, ceil(load.erlangs * 1.1) + 8), MOST_AGENTS)
    while not _reaches(load, high, target, formula):
        if high == MOST_AGENTS:
            return None
        low, high = high, min(high * 2, MOST_AGENTS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _reaches(load, middle, target, formula) else (middle, high)
    return high


def _reaches(load: Load, agents: int, target: float, formula: ServiceLevel) -> bool:
    return erlang_a(_with_agents(load, agents)).service_level(formula) >= target


def _with_agents(load: Load, agents: int) -> Load:
    return Load(load.arrivals_per_s, load.aht_s, agents, load.threshold_s, load.patience_s)


def patience(answered: float, asa_s: float, abandoned: float, abandon_wait_s: float) -> float | None:
    """How long callers wait on average before they give up: waiting time of all contacts / abandoned contacts.

    Source: theta = P(abandon) / E(wait), for exponential patience. None without abandons.
    """
    if abandoned <= 0:
        return None
    waited_s = answered * asa_s + abandoned * abandon_wait_s
    return waited_s / abandoned if waited_s > 0 else None
