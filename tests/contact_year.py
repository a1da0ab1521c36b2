"""A seeded year of a queue: weekdays, hours of the day, busier and quieter days, over-dispersion, outages."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from bot.impact.rules.baseline import PROFILE_WEEKS, Usual, day_level

INTERVAL_S, DAY_S, DAYS = 1800, 86_400, 364
OPENS, CLOSES = 14, 42  # half-hours: 07:00 to 21:00
WEEKDAYS = (1.15, 1.0, 0.97, 0.98, 1.02, 0.7, 0.6)
PEAK, DAY_SPREAD, DISPERSION = 700.0, 0.04, 2.0


@dataclass(frozen=True)
class Year:
    """Contacts by the beginning of their half-hour, the expectation for each, and the outages."""

    contacts: dict[int, float]
    expected: dict[int, float]
    outages: set[int]


def year(seed: int) -> Year:
    """Return a year with a variance of twice the mean: Gamma and Poisson. An outage halves the contacts."""
    dice = random.Random(seed)
    result = Year({}, {}, set())
    for day in range(DAYS):
        busy = WEEKDAYS[day % 7] * math.exp(dice.gauss(0, DAY_SPREAD))
        outage = dice.randrange(OPENS, CLOSES - 4) if dice.random() < 0.05 else None
        for half_hour in range(OPENS, CLOSES):
            at = day * DAY_S + half_hour * INTERVAL_S
            mean = PEAK * busy * _hour_share(half_hour)
            is_out = outage is not None and outage <= half_hour < outage + 3
            result.expected[at] = mean
            result.contacts[at] = float(_over_dispersed(dice, mean * (0.5 if is_out else 1.0)))
            if is_out:
                result.outages.add(at)
    return result


def errors_of_a_year(seed: int, every: int = 1) -> tuple[float, float, float]:
    """Return the fallback's error before and within the day, and the error when the generator's means are known."""
    simulated = year(seed)
    usual = Usual(
        {at: contacts for at, contacts in simulated.contacts.items() if at not in simulated.outages}, INTERVAL_S
    )
    before, within, floor = [], [], []
    for day in range(7 * PROFILE_WEEKS, DAYS, every):
        so_far: list[tuple[float, float]] = []
        for half_hour in range(OPENS, CLOSES):
            at = day * DAY_S + half_hour * INTERVAL_S
            if at not in simulated.outages:
                expected, contacts_then = usual.at(at), simulated.contacts[at]
                assert expected is not None
                before.append((expected.offered, contacts_then))
                within.append((expected.offered * day_level(so_far), contacts_then))
                floor.append((simulated.expected[at], contacts_then))
                so_far.append((contacts_then, expected.offered))
    return _mean_error(before), _mean_error(within), _mean_error(floor)


def _mean_error(pairs: Sequence[tuple[float, float]]) -> float:
    """The mean absolute percentage error of (expected, came); intervals without contacts are left out."""
    errors = [abs(actual - expected) / actual for expected, actual in pairs if actual > 0]
    return 100 * sum(errors) / len(errors)


def _hour_share(half_hour: int) -> float:
    return math.exp(-(((half_hour - 21) / 7) ** 2)) + 0.6 * math.exp(-(((half_hour - 33) / 8) ** 2))


def _over_dispersed(dice: random.Random, mean: float) -> int:
    rate = dice.gammavariate(mean / (DISPERSION - 1), DISPERSION - 1)
    # Poisson, approximated by the normal distribution, which is near enough at these means.
    return max(0, round(dice.gauss(rate, math.sqrt(rate))))
