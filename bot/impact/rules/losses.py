"""What an incident cost: contacts lost, waiting beyond the usual, points of the day's service level."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from bot.impact.rules.figures import Amount, Count, Figures, Ratio, ServiceLevel, count, service_level


@dataclass(frozen=True)
class Baseline:
    """What would have been without the incident: contacts, a share of 1, seconds. None is unknown."""

    offered: Amount = None
    # Between which the contacts usually are.
    low: Amount = None
    high: Amount = None
    abandonment: Amount = None
    asa_s: Amount = None
    aht_s: Amount = None


@dataclass(frozen=True)
class Interval:
    """An interval of a queue beside what was to be expected of it."""

    figures: Figures
    baseline: Baseline
    # Share of 1 that the queue is to reach.
    target: float
    # The incident was over; what comes now beyond the expected may be contacts that stayed away before.
    is_recovery: bool = False


@dataclass(frozen=True)
class Losses:
    """Sums over intervals; contacts unless the name says otherwise. Any split gives the same sums."""

    excess: Count = field(default_factory=Count)
    suppressed: Count = field(default_factory=Count)
    rebound: Count = field(default_factory=Count)
    excess_abandons: Count = field(default_factory=Count)
    late: Count = field(default_factory=Count)
    excess_wait_min: Count = field(default_factory=Count)
    excess_handle_h: Count = field(default_factory=Count)

    def __add__(self, other: "Losses") -> "Losses":
        return Losses(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def returned(self) -> float:
        """Contacts that stayed away and came later: never more than stayed away."""
        return min(self.rebound.amount, self.suppressed.amount)

    @property
    def contacts_lost(self) -> Amount:
        """suppressed - returned + excess abandons; None when neither part is known.

        An upper bound: a customer who gives up and calls again is in two of its parts.
        """
        if not self.suppressed.known and not self.excess_abandons.known:
            return None
        return self.suppressed.amount - self.returned + self.excess_abandons.amount


def losses_of(interval: Interval) -> Losses:
    """One interval's part.

    excess = max(0, O - F); suppressed = max(0, F - O); excess abandons = Ab - a0 × O;
    late = max(0, SL* × O - Ans_T); excess waiting = Ans × (ASA - w0); excess handling = Ans × (AHT - h0).
    F, a0, w0 and h0 are the baseline's.
    """
    row, usual = interval.figures, interval.baseline
    above = _difference(row.offered, usual.offered)
    below = _difference(usual.offered, row.offered)
    return Losses(
        excess=_positive(None if interval.is_recovery else above),
        suppressed=_positive(None if interval.is_recovery else below),
        rebound=_positive(above if interval.is_recovery else None),
        excess_abandons=count(_difference(row.abandoned, _product(usual.abandonment, row.offered))),
        late=_positive(_difference(_product(interval.target, row.offered), row.answered_in)),
        excess_wait_min=count(_product(row.answered, _difference(row.asa_s, usual.asa_s), 1 / 60)),
        excess_handle_h=count(_product(row.answered, _difference(row.aht_s, usual.aht_s), 1 / 3600)),
    )


def losses(intervals: Iterable[Interval]) -> Losses:
    """What all these intervals cost together."""
    return sum((losses_of(each) for each in intervals), Losses())


def points_lost(day: Iterable[tuple[Figures, bool]], formula: ServiceLevel) -> Amount:
    """How many points of the day's service level the incident cost: without its intervals less with them, × 100.

    Each of the day's intervals comes with whether it belongs to the incident. None when either is unknown.
    """
    whole, without = Ratio(), Ratio()
    for row, belongs in day:
        part = service_level(row, formula)
        whole += part
        without += Ratio() if belongs else part
    if whole.value is None or without.value is None:
        return None
    return 100 * (without.value - whole.value)


def _difference(left: Amount, right: Amount) -> Amount:
    return None if left is None or right is None else left - right


def _product(*factors: Amount) -> Amount:
    product = 1.0
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product


def _positive(amount: Amount) -> Count:
    return count(None if amount is None else max(0.0, amount))
