"""What was to be expected without the incident: the forecast, else what the weekday and time usually bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

WEEKS = 4
WEEK_S = 7 * 24 * 3600
# Today may be half or twice as busy as usual; beyond that the level says more about the data than about the day.
LOWEST_LEVEL, HIGHEST_LEVEL = 0.5, 2.0
HALF_WEIGHT = 2
SMOOTHING = (3, 2, 1)
# Intervals beside each other that differ by more are the opening or the end of a day.
ALIKE = 1.5


@dataclass(frozen=True)
class Expected:
    """Contacts expected of an interval, with the range of what it was made of, and where it comes from."""

    offered: float
    low: float
    high: float
    source: str

    @property
    def is_forecast(self) -> bool:
        """Was it planned, and not taken from past weeks?"""
        return self.source == FORECAST


FORECAST = "forecast"
USUAL = "usual"


def from_forecast(offered: float) -> Expected:
    """The plan's own number; it has no range."""
    return Expected(offered, offered, offered, FORECAST)


def usual(
    history: Mapping[int, float], starts_at: int, *, interval_s: int = 1800, level: float = 1.0
) -> Expected | None:
    """The median of the same weekday and time over the last four weeks, times today's level so far.

    It is smoothed with the two intervals before and after (1-2-3-2-1) where these are alike: four weeks are noisy.
    `history` holds contacts by the beginning of their interval, seconds since 1970 in local time, intervals of
    incidents left out. None when no week is known.
    """
    known = _weeks(history, starts_at)
    if not known:
        return None
    middle = _smoothed(history, starts_at, interval_s, median(known))
    return Expected(middle * level, min(known) * level, max(known) * level, USUAL)


def _smoothed(history: Mapping[int, float], starts_at: int, interval_s: int, middle: float) -> float:
    weighted, weights = float(SMOOTHING[0]) * middle, float(SMOOTHING[0])
    for steps, weight in enumerate(SMOOTHING[1:], 1):
        sides = [_weeks(history, starts_at + sign * steps * interval_s) for sign in (-1, 1)]
        around = [median(side) for side in sides if side]
        if len(around) < 2 or not all(middle / ALIKE <= each <= middle * ALIKE for each in around):
            break
        weighted, weights = weighted + weight * sum(around), weights + 2 * weight
    return weighted / weights


def _weeks(history: Mapping[int, float], starts_at: int) -> list[float]:
    return [history[at] for week in range(1, WEEKS + 1) if (at := starts_at - week * WEEK_S) in history]


def day_level(so_far: Sequence[tuple[float, float]]) -> float:
    """How busy today is against the usual: the sum of what came / the sum of what usually comes.

    Drawn towards 1 while few intervals are known: n of them weigh n / (n + 2). Between a half and two.
    """
    if not so_far:
        return 1.0
    came, usually = (sum(column) for column in zip(*so_far, strict=True))
    if usually <= 0:
        return 1.0
    weight = len(so_far) / (len(so_far) + HALF_WEIGHT)
    return float(min(HIGHEST_LEVEL, max(LOWEST_LEVEL, 1 + weight * (came / usually - 1))))


def mean_error(pairs: Sequence[tuple[float, float]]) -> float:
    """The mean absolute percentage error of (expected, came); intervals without contacts are left out."""
    errors = [abs(came - expected) / came for expected, came in pairs if came > 0]
    return 100 * sum(errors) / len(errors)
