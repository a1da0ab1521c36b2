"""How unlikely it is that so many similar cases come within a window.

As in the space-time permutation scan statistic (Kulldorff 2005), the expected count follows from the number of all
cases in the window and the usual share of cases of that kind, overall and at this time of day. A busy morning
alone is therefore not a burst. Counts are overdispersed: the tail is that of the negative binomial distribution,
and wider for a kind that was hardly seen before.
"""

import math

from msgspec import Struct

from bot.cases.rules.counting import Counts

# The overall share weighs as much as this many cases at the same time of day.
HOUR_WEIGHT = 30
# The prior weighs as much as this many cases.
PRIOR_WEIGHT = 10
# 1 / dispersion, from a kind never seen before to one seen every day.
LEAST_SIZE, MOST_SIZE = 1.0, 4.0
MOST_SURPRISE = 15.0


class Surprise(Struct, frozen=True):
    """-log10 of the probability that so many come by chance, and the expected count."""

    score: float
    expected: float


def share(kind: Counts, all_cases: Counts, prior: float) -> float:
    """The usual share of cases of this kind at this time of day; `prior` (0 to 1) is a guess that weighs as much
    as ten cases."""
    overall = (kind.before + PRIOR_WEIGHT * prior) / (all_cases.before + PRIOR_WEIGHT)
    return (kind.at_this_hour + HOUR_WEIGHT * overall) / (all_cases.at_this_hour + HOUR_WEIGHT)


def surprise(kind: Counts, expected: float) -> Surprise:
    """How surprising the window's count is, given the expected count."""
    size = min(MOST_SIZE, LEAST_SIZE + kind.before)
    tail = negative_binomial_tail(kind.within, max(expected, 1e-6), size)
    return Surprise(min(MOST_SURPRISE, -math.log10(max(tail, 1e-300))), expected)


def negative_binomial_tail(count: int, mean: float, size: float) -> float:
    """P(X >= count) for a negative binomial with this mean and the variance mean + mean²/size. The upper tail is
    summed directly, so that small probabilities are exact to rounding."""
    success = size / (size + mean)
    log_term = (
        math.lgamma(size + count)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + size * math.log(success)
        + count * math.log1p(-success)
    )
    term, total, value = math.exp(log_term), 0.0, count
    while term > total * 1e-12 or value <= mean:
        total += term
        term *= (size + value) / (value + 1) * (1 - success)
        value += 1
    return min(1.0, total)
