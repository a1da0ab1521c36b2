"""A seeded year of a queue: weekdays, hours of the day, busier and quieter days, over-dispersion, outages."""

import math
import random
from dataclasses import dataclass

from bot.impact.rules.baseline import PROFILE_WEEKS, Usual, day_level, mean_error

INTERVAL_S, DAY_S, DAYS = 1800, 86_400, 364
OPENS, CLOSES = 14, 42  # half-hours: 07:00 to 21:00
WEEKDAYS = (1.15, 1.0, 0.97, 0.98, 1.02, 0.7, 0.6)
PEAK, DAY_SPREAD, DISPERSION = 700.0, 0.04, 2.0


@dataclass(frozen=True)
class Year:
    """Contacts by the beginning of their half-hour, what was to be expected of each, and the outages."""

    contacts: dict[int, float]
    expected: dict[int, float]
    outages: set[int]


def year(seed: int) -> Year:
    """Variance is twice the mean: Gamma and Poisson, as a negative binomial. An outage halves what comes."""
    dice = random.Random(seed)
    made = Year({}, {}, set())
    for day in range(DAYS):
        busy = WEEKDAYS[day % 7] * math.exp(dice.gauss(0, DAY_SPREAD))
        outage = dice.randrange(OPENS, CLOSES - 4) if dice.random() < 0.05 else None
        for half_hour in range(OPENS, CLOSES):
            at = day * DAY_S + half_hour * INTERVAL_S
            mean = PEAK * busy * _hour_share(half_hour)
            is_out = outage is not None and outage <= half_hour < outage + 3
            made.expected[at] = mean
            made.contacts[at] = float(_over_dispersed(dice, mean * (0.5 if is_out else 1.0)))
            if is_out:
                made.outages.add(at)
    return made


def errors_of_a_year(seed: int, every: int = 1) -> tuple[float, float, float]:
    """The fallback's error before and within the day, and that of somebody who knows the generator's own means."""
    made = year(seed)
    usual = Usual({at: contacts for at, contacts in made.contacts.items() if at not in made.outages}, INTERVAL_S)
    before, within, floor = [], [], []
    for day in range(7 * PROFILE_WEEKS, DAYS, every):
        so_far: list[tuple[float, float]] = []
        for half_hour in range(OPENS, CLOSES):
            at = day * DAY_S + half_hour * INTERVAL_S
            if at not in made.outages:
                expected, came = usual.at(at), made.contacts[at]
                assert expected is not None
                before.append((expected.offered, came))
                within.append((expected.offered * day_level(so_far), came))
                floor.append((made.expected[at], came))
                so_far.append((came, expected.offered))
    return mean_error(before), mean_error(within), mean_error(floor)


def _hour_share(half_hour: int) -> float:
    return math.exp(-(((half_hour - 21) / 7) ** 2)) + 0.6 * math.exp(-(((half_hour - 33) / 8) ** 2))


def _over_dispersed(dice: random.Random, mean: float) -> int:
    rate = dice.gammavariate(mean / (DISPERSION - 1), DISPERSION - 1)
    # Poisson, near enough by the normal distribution at these means.
    return max(0, round(dice.gauss(rate, math.sqrt(rate))))
