"""What was expected without the incident: the forecast, else what is usual for the weekday and time."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import NamedTuple

from msgspec import Struct

# A weekday's volume changes sooner than the distribution of its contacts over the day.
WEEKS, PROFILE_WEEKS = 4, 8
DAY_S = 24 * 3600
WEEK_S = 7 * DAY_S
# Today may be half or twice as busy as usual; beyond that the level says more about the data than about the day.
LOWEST_LEVEL, HIGHEST_LEVEL = 0.5, 2.0
HALF_WEIGHT = 2
# A parabola fitted to seven intervals by least squares (Savitzky and Golay 1964, table I): peaks keep their
# height.
SMOOTHING = (7, 6, 3, -2)
# A week that is further from the others at some interval had an outage or another unrecorded event.
OUTLIER = 1.5
# Neighbouring intervals that differ by more are the opening or the end of a day.
ALIKE = 1.5


class Expected(Struct, frozen=True):
    """Contacts expected in an interval, with the range of the values behind it, and their source."""

    offered: float
    low: float
    high: float
    source: str

    @property
    def is_forecast(self) -> bool:
        """True if it is a forecast, not derived from past weeks."""
        return self.source == FORECAST

    def of_part(self, share: float) -> "Expected":
        """What is expected in that share of the interval."""
        return Expected(self.offered * share, self.low * share, self.high * share, self.source)


FORECAST = "forecast"
USUAL = "usual"


def from_forecast(offered: float) -> Expected:
    """The forecast's own number, without a range."""
    return Expected(offered, offered, offered, FORECAST)


class _Time(NamedTuple):
    """A time of the day: the mean of the weeks scaled to one volume, and the range of the actual contacts."""

    mean: float
    low: float
    high: float


class Usual:
    """What is usual for a weekday and time, from the same weekday of the previous weeks.

    The days of eight weeks are scaled to one volume, the median of the newest four, so that busier and quieter
    weeks do not blur the distribution over the day; each interval is their mean without outliers, smoothed with
    the three intervals before and after where these are alike.

    `history` holds contacts by the start of their interval, in seconds since 1970 in local time, without the
    intervals of incidents.
    """

    def __init__(self, history: Mapping[int, float], interval_s: int = 1800) -> None:
        self._history, self._interval_s = history, interval_s
        self._profiles: dict[int, Mapping[int, _Time]] = {}

    def at(self, starts_at: int, level: float = 1.0) -> Expected | None:
        """What to expect in an interval at today's level, with the range of the weeks; None if no week is known."""
        # The first interval of the day that begins at the same minute of the hour.
        first = starts_at - starts_at % DAY_S // self._interval_s * self._interval_s
        if first not in self._profiles:
            self._profiles[first] = _profile(self._weeks(first, first - first % DAY_S + DAY_S))
        profile = self._profiles[first]
        if starts_at not in profile:
            return None
        offered = _smoothed(profile, starts_at, self._interval_s)
        return Expected(offered * level, profile[starts_at].low * level, profile[starts_at].high * level, USUAL)

    def _weeks(self, start: int, end: int) -> list[dict[int, float]]:
        """What is known of that time in each previous week, newest first, keyed by this week's times."""
        times = range(start, end, self._interval_s)
        weeks = (
            {at: self._history[at - ago] for at in times if at - ago in self._history}
            for ago in range(WEEK_S, (PROFILE_WEEKS + 1) * WEEK_S, WEEK_S)
        )
        return [week for week in weeks if week]


def _profile(weeks: Sequence[Mapping[int, float]]) -> Mapping[int, _Time]:
    """The distribution of contacts over the day, at the volume of the newest weeks."""
    if not weeks:
        return {}
    common = set(weeks[0]).intersection(*weeks[1:])
    volumes = [sum(week[at] for at in common) for week in weeks]
    newest = median(volumes[:WEEKS])
    # Weeks with no times in common, or without contacts, are not scaled.
    scales = [newest / volume if volume and newest else 1.0 for volume in volumes]
    profile = {}
    for at in {at for week in weeks for at in week}:
        offered_and_scale = [(week[at], scale) for week, scale in zip(weeks, scales, strict=True) if at in week]
        contacts = [offered for offered, _ in offered_and_scale]
        profile[at] = _Time(
            _mean_without_outliers([offered * scale for offered, scale in offered_and_scale]),
            min(contacts),
            max(contacts),
        )
    return profile


def _mean_without_outliers(amounts: Sequence[float]) -> float:
    middle = median(amounts)
    return fmean([each for each in amounts if middle / OUTLIER <= each <= middle * OUTLIER] or [middle])


def _smoothed(profile: Mapping[int, _Time], starts_at: int, interval_s: int) -> float:
    middle = profile[starts_at].mean
    weighted, weights = SMOOTHING[0] * middle, float(SMOOTHING[0])
    for steps, weight in enumerate(SMOOTHING[1:], 1):
        sides = [profile.get(starts_at + sign * steps * interval_s) for sign in (-1, 1)]
        neighbours = [side.mean for side in sides if side and middle / ALIKE <= side.mean <= middle * ALIKE]
        if len(neighbours) < len(sides):
            break
        weighted, weights = weighted + weight * sum(neighbours), weights + 2 * weight
    return weighted / weights


def day_level(so_far: Sequence[tuple[float, float]]) -> float:
    """How busy today is compared with the usual: the sum of actual contacts / the sum of usual contacts.

    Pulled towards 1 while few intervals are known: n of them weigh n / (n + 2). Kept between a half and two.
    """
    if not so_far:
        return 1.0
    actual_sum, usual_sum = (sum(column) for column in zip(*so_far, strict=True))
    if usual_sum <= 0:
        return 1.0
    weight = len(so_far) / (len(so_far) + HALF_WEIGHT)
    return float(min(HIGHEST_LEVEL, max(LOWEST_LEVEL, 1 + weight * (actual_sum / usual_sum - 1))))
