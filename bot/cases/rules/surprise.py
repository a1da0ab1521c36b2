"""How unlikely it is that so many similar cases come within a window.

A window's cases are compared with what is usual of all cases, as in the space-time permutation scan statistic
(Kulldorff 2005): from how many cases there are in the window and which share of them is of that kind, overall
and at this time of day. So a busy morning alone is no burst. Counts are over-dispersed: the tail is that of the
negative binomial distribution, wider for what was hardly seen before.
"""

import math

from msgspec import Struct

from bot.cases.rules.counting import Counts

# How many cases of the same time of day weigh as much as the overall share.
HOUR_WEIGHT = 30
# What is known before anything was seen weighs as much as so many cases.
PRIOR_WEIGHT = 10
# 1 / dispersion: between what was never seen and what is seen every day.
LEAST_SIZE, MOST_SIZE = 1.0, 4.0
MOST_SURPRISE = 15.0


class Surprise(Struct, frozen=True):
    """-log10 of the probability that so many come by chance, and how many were to be expected."""

    score: float
    expected: float


def share(kind: Counts, all_cases: Counts, prior: float) -> float:
    """Which share of the cases is usually of this kind, at this time of day; `prior` is a guess (0 to 1) that
    counts for as much as ten cases."""
    overall = (kind.before + PRIOR_WEIGHT * prior) / (all_cases.before + PRIOR_WEIGHT)
    return (kind.at_this_hour + HOUR_WEIGHT * overall) / (all_cases.at_this_hour + HOUR_WEIGHT)


def surprise(kind: Counts, expected: float) -> Surprise:
    """How surprising the window's count is when `expected` were to be expected."""
    size = min(MOST_SIZE, LEAST_SIZE + kind.before)
    tail = negative_binomial_tail(kind.within, max(expected, 1e-6), size)
    return Surprise(min(MOST_SURPRISE, -math.log10(max(tail, 1e-300))), expected)


def negative_binomial_tail(count: int, mean: float, size: float) -> float:
    """P(X >= count) of a negative binomial with this mean and variance mean + mean²/size. Summed from above, so
    that small probabilities are exact to rounding."""
    success = size / (size + mean)
    log_term = (
        math.lgamma(size + count)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + size * math.log(success)
        + count * math.log1p(-success)
    )
    term, total, place = math.exp(log_term), 0.0, count
    while term > total * 1e-12 or place <= mean:
        total += term
        term *= (size + place) / (place + 1) * (1 - success)
        place += 1
    return min(1.0, total)
