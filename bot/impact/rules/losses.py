"""What an incident cost: contacts lost, waiting beyond the usual, points of the day's service level."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct, field

from bot.impact.rules.figures import Amount, Count, Figures, Vector, added, totals_from


class Baseline(NamedTuple):
    """What would have happened without the incident: contacts, a share of 1, seconds. None is unknown."""

    offered: Amount = None
    abandonment: Amount = None
    asa_s: Amount = None
    aht_s: Amount = None


class Interval(NamedTuple):
    """An interval of a queue, and what was expected of it."""

    figures: Figures
    baseline: Baseline
    # The queue's target service level, a share of 1.
    target: float
    # The incident was over; contacts beyond the expected may be ones that stayed away before.
    is_recovery: bool = False


class Losses(Struct, frozen=True):
    """Sums over intervals; contacts unless the name says otherwise. Any split gives the same sums."""

    suppressed: Count = field(default_factory=Count)
    rebound: Count = field(default_factory=Count)
    excess_abandons: Count = field(default_factory=Count)
    late: Count = field(default_factory=Count)
    excess_wait_min: Count = field(default_factory=Count)
    excess_handle_h: Count = field(default_factory=Count)

    def __add__(self, other: "Losses") -> "Losses":
        return Losses(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))

    @property
    def returned(self) -> float:
        """Contacts that stayed away and came later: never more than stayed away."""
        return min(self.rebound.amount, self.suppressed.amount)

    @property
    def gave_up(self) -> Amount:
        """Contacts that gave up beyond the usual; 0 if fewer did."""
        return max(0.0, self.excess_abandons.amount) if self.excess_abandons.known else None

    @property
    def contacts_lost(self) -> Amount:
        """suppressed - returned + those who gave up beyond the usual; None unless both parts are known.

        An upper bound: a customer who gives up and calls again counts in two of its parts.
        """
        gave_up = self.gave_up
        if not self.suppressed.known or gave_up is None:
            return None
        return self.suppressed.amount - self.returned + gave_up


def loss_vector(interval: Interval) -> Vector:
    """One interval's losses as a vector that can be added element by element.

    suppressed = max(0, F - O); excess abandons = Ab - a0 × O;
    late = max(0, SL* × O - Ans_T); excess waiting = Ans × (ASA - w0); excess handling = Ans × (AHT - h0).
    F, a0, w0 and h0 are the baseline's.
    """
    row, baseline, is_recovery = interval.figures, interval.baseline, interval.is_recovery
    surplus = _difference(row.offered, baseline.offered)
    shortfall = None if surplus is None else -surplus
    return (
        *_positive(None if is_recovery else shortfall),
        *_positive(surplus if is_recovery else None),
        *_part(_difference(row.abandoned, _product(baseline.abandonment, row.offered))),
        *_positive(_difference(_product(interval.target, row.offered), row.answered_in)),
        *_part(_product(row.answered, _difference(row.asa_s, baseline.asa_s)), 60),
        *_part(_product(row.answered, _difference(row.aht_s, baseline.aht_s)), 3600),
    )


def losses_from(numbers: Vector) -> Losses:
    """A vector as losses; for an empty vector, nothing is known."""
    width = 3
    parts = [numbers[at : at + width] for at in range(0, len(numbers), width)]
    return Losses(*(Count(amount, int(known), int(of)) for amount, known, of in parts))


def points_lost(day: Sequence[tuple[Vector, bool]]) -> Amount:
    """The points of the day's service level that the incident cost: (without - with its intervals) × 100.

    `day` pairs the totals of each interval (`figures.vector`, each queue by its own formula) with whether it
    belongs to the incident. None if either service level is unknown.
    """
    whole = totals_from(added(totals for totals, _ in day)).service_level.value
    without = totals_from(added(totals for totals, belongs in day if not belongs)).service_level.value
    return None if whole is None or without is None else 100 * (without - whole)


def _difference(left: Amount, right: Amount) -> Amount:
    return None if left is None or right is None else left - right


def _product(left: Amount, right: Amount) -> Amount:
    return None if left is None or right is None else left * right


def _part(amount: Amount, divisor: int = 1) -> Vector:
    return (0.0, 0, 1) if amount is None else (amount / divisor, 1, 1)


def _positive(amount: Amount) -> Vector:
    return (0.0, 0, 1) if amount is None else (max(0.0, amount), 1, 1)
