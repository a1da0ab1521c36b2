"""When a queue below its goal will recover, recomputed with each new interval. Pure."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from bot.impact.rules.assessment import Past, QueueFacts
from bot.impact.rules.baseline import Expected, Usual
from bot.impact.rules.figures import Figures, service_level
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.recovery import Span, recovery

AHEAD_S = 12 * 3600


class Outlook(Struct, frozen=True):
    """When the service level and the backlog recover, in seconds since 1970; None if not within twelve hours."""

    queue: str
    service_level_at: int | None
    backlog_at: int | None
    # The assumptions at the start: how many agents answer; contacts come as "forecast", "usual" or "now".
    agents: int
    contacts: str


def outlook(
    queue: QueueFacts, intervals: Sequence[QueueInterval], past: Past, local: Callable[[int], int]
) -> Outlook | None:
    """The outlook from the last complete interval; None if there is none, or if it reached the goal.

    It assumes that the cause is gone when that interval ends, that contacts come as forecast (or as usual, or as in
    that interval), and that the planned agents (or those of that interval) answer. The queue at its end follows
    from Little's law: arrivals × average wait.
    """
    latest = next((each for each in reversed(intervals) if each.is_over and _is_enough(each.figures)), None)
    if latest is None:
        return None
    figures, length_s = latest.figures, latest.interval_s
    level = service_level(figures, queue.goal.formula).value
    if level is None or level >= queue.goal.target:
        return None
    planned = {each.starts_at: each.figures for each in intervals if each.starts_at > latest.starts_at}
    usual, spans, sources = Usual(past.offered.get(length_s, {}), length_s), [], []
    for starts_at in range(latest.ends_at, latest.ends_at + AHEAD_S, length_s):
        span, source = _span(figures, planned.get(starts_at, Figures()), past, usual.at(local(starts_at)), length_s)
        spans.append(span)
        sources.append(source)
    recovery_result = recovery(
        spans,
        (figures.offered or 0) / length_s * (figures.asa_s or 0),
        interval_s=length_s,
        threshold_s=queue.goal.threshold_s,
        patience_s=queue.goal.patience_s,
        target=queue.goal.target,
    )

    def moment(index: int | None) -> int | None:
        return None if index is None else latest.ends_at + index * length_s

    return Outlook(
        queue.label,
        moment(recovery_result.service_level),
        moment(recovery_result.backlog),
        int(spans[0].agents),
        sources[0],
    )


def _is_enough(figures: Figures) -> bool:
    return bool(figures.offered and figures.aht_s and figures.agents)


def _span(now: Figures, planned: Figures, past: Past, expected: Expected | None, length_s: int) -> tuple[Span, str]:
    contacts, source = planned.forecast_offered, "forecast"
    if contacts is None:
        contacts, source = (expected.offered, "usual") if expected else (now.offered or 0.0, "now")
    aht_s = planned.forecast_aht_s or past.aht_s or now.aht_s or 1.0
    agents = planned.forecast_agents if planned.forecast_agents is not None else now.agents or 0.0
    return Span(contacts / length_s, aht_s, agents), source
