"""The figures of a queue in an interval, and how several are summed. Unknown stays unknown: it is never zero.

Sums carry how many of their intervals were known. Ratios are summed as numerator and denominator over the intervals
where both are known; percentages and averages are never averaged.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import fields

Amount = float | None


class ServiceLevel(StrEnum):
    """How a service level is computed from the contacts of a queue; T is the threshold."""

    OF_OFFERED = "offered"
    OF_ANSWERED = "answered"
    WITH_ABANDONED = "with_abandoned"
    WITHOUT_SHORT = "without_short_abandons"
    REMOVED = "removed_from_queue"


class Figures(NamedTuple):
    """What is known of a queue in an interval. Counts are contacts, times are seconds, None is unknown."""

    offered: Amount = None
    answered: Amount = None
    # Within the threshold of the service level.
    answered_in: Amount = None
    abandoned: Amount = None
    abandoned_in: Amount = None
    # Answered, abandoned or called back within the threshold, as Amazon Connect counts.
    removed_in: Amount = None
    # Averages over the answered, over the abandoned.
    aht_s: Amount = None
    asa_s: Amount = None
    abandon_wait_s: Amount = None
    # Agents, on average over the interval: signed in (staffed), rostered for it, free to take a contact.
    agents: Amount = None
    agents_scheduled: Amount = None
    agents_available: Amount = None
    # The longest that anybody waits at the end of the interval.
    oldest_s: Amount = None
    # The percentage that a file brought, as a share of 1: shown as imported, used in no sum.
    imported_service_level: Amount = None
    forecast_offered: Amount = None
    forecast_aht_s: Amount = None
    forecast_agents: Amount = None


NAMES = Figures._fields
Parts = Callable[[Figures], tuple[Amount, Amount]]


def _plus(left: Amount, right: Amount) -> Amount:
    return None if left is None or right is None else left + right


def _minus(left: Amount, right: Amount) -> Amount:
    return None if left is None or right is None else left - right


def _times(left: Amount, right: Amount) -> Amount:
    # An average over nobody is known to weigh nothing, whatever it is.
    if right == 0:
        return 0.0
    return None if left is None or right is None else left * right


SERVICE_LEVELS: dict[ServiceLevel, Parts] = {
    ServiceLevel.OF_OFFERED: lambda row: (row.answered_in, row.offered),
    ServiceLevel.OF_ANSWERED: lambda row: (row.answered_in, row.answered),
    ServiceLevel.WITH_ABANDONED: lambda row: (_plus(row.answered_in, row.abandoned_in), row.offered),
    ServiceLevel.WITHOUT_SHORT: lambda row: (row.answered_in, _minus(row.offered, row.abandoned_in)),
    ServiceLevel.REMOVED: lambda row: (row.removed_in, row.offered),
}


class Count(Struct, frozen=True):
    """A sum over intervals: of `known` of them the amount is known."""

    amount: float = 0.0
    known: int = 0
    of: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.amount + other.amount, self.known + other.known, self.of + other.of)

    @property
    def value(self) -> Amount:
        """The sum of what is known; None when nothing is."""
        return self.amount if self.known else None

    @property
    def is_whole(self) -> bool:
        """Is it known for every interval?"""
        return self.known == self.of


class Ratio(Struct, frozen=True):
    """Two sums over the intervals where both are known, and how many these are."""

    numerator: float = 0.0
    denominator: float = 0.0
    known: int = 0
    of: int = 0

    def __add__(self, other: "Ratio") -> "Ratio":
        return Ratio(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.known + other.known,
            self.of + other.of,
        )

    @property
    def value(self) -> Amount:
        """The quotient; None when nothing is known, or there was nothing to divide by: n/a, not 100 %."""
        return self.numerator / self.denominator if self.denominator > 0 else None

    @property
    def is_whole(self) -> bool:
        """Is it known for every interval?"""
        return self.known == self.of


def ratio(numerator: Amount, denominator: Amount) -> Ratio:
    """One interval's parts as a ratio."""
    if numerator is None or denominator is None:
        return Ratio(of=1)
    return Ratio(numerator, denominator, 1, 1)


def service_level(row: Figures, formula: ServiceLevel) -> Ratio:
    """One interval's service level by that formula, a share of 1."""
    return ratio(*SERVICE_LEVELS[formula](row))


class Totals(Struct, frozen=True):
    """Several intervals, or several queues, together. Any split of them gives the same totals."""

    intervals: int = 0
    offered: Count = field(default_factory=Count)
    answered: Count = field(default_factory=Count)
    abandoned: Count = field(default_factory=Count)
    forecast_offered: Count = field(default_factory=Count)
    service_level: Ratio = field(default_factory=Ratio)
    # Seconds.
    asa: Ratio = field(default_factory=Ratio)
    aht: Ratio = field(default_factory=Ratio)
    forecast_aht: Ratio = field(default_factory=Ratio)
    # Shares of 1.
    abandonment: Ratio = field(default_factory=Ratio)
    abandonment_without_short: Ratio = field(default_factory=Ratio)
    occupancy: Ratio = field(default_factory=Ratio)
    occupancy_of_staffed: Ratio = field(default_factory=Ratio)
    adherence: Ratio = field(default_factory=Ratio)

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))

    @property
    def counts_available(self) -> bool:
        """Is occupancy told with the time of available agents? Not where that of staffed ones is known oftener."""
        return self.occupancy.known >= self.occupancy_of_staffed.known

    @property
    def occupancy_told(self) -> Ratio:
        """Occupancy by the one of its two formulas that is known for more intervals; they are never mixed."""
        return self.occupancy if self.counts_available else self.occupancy_of_staffed


# Totals as plain numbers, in the order of the fields: thousands of intervals are summed while somebody waits.
Vector = tuple[float, ...]
_UNKNOWN_COUNT, _UNKNOWN_RATIO = (0.0, 0, 1), (0.0, 0.0, 0, 1)


def vector(row: Figures, formula: ServiceLevel, interval_s: int) -> Vector:
    """One interval's totals as numbers that can be added one by one.

    ASA = waiting of the answered / answered; AHT = handling / answered; abandonment = abandoned / offered, or both
    less the short ones.
    Occupancy = handling / (handling + available time), the definition of workforce management; where nobody counts
    who is available, handling / staffed time. A time is agents × the interval's length.
    Adherence = minutes in the scheduled state / scheduled minutes. Of an interval the numbers of agents alone are
    known, so it is min(staffed, scheduled) / scheduled, an upper bound: one who is absent and one who is there
    unscheduled cancel each other within an interval, never from one interval to the next.
    """
    offered, answered, abandoned = row.offered, row.answered, row.abandoned
    handling_s = _times(row.aht_s, answered)
    staffed_s = None if row.agents is None else row.agents * interval_s
    available_s = None if row.agents_available is None else row.agents_available * interval_s
    scheduled_s = None if row.agents_scheduled is None else row.agents_scheduled * interval_s
    kept_s = None if staffed_s is None or scheduled_s is None else min(staffed_s, scheduled_s)
    short = row.abandoned_in
    return (
        1,
        *_count(offered),
        *_count(answered),
        *_count(abandoned),
        *_count(row.forecast_offered),
        *_ratio(*SERVICE_LEVELS[formula](row)),
        *_ratio(_times(row.asa_s, answered), answered),
        *_ratio(handling_s, answered),
        *_ratio(_times(row.forecast_aht_s, row.forecast_offered), row.forecast_offered),
        *_ratio(abandoned, offered),
        *(_UNKNOWN_RATIO if short is None else _ratio(_minus(abandoned, short), _minus(offered, short))),
        *_ratio(handling_s, _plus(handling_s, available_s)),
        *_ratio(handling_s, staffed_s),
        *_ratio(kept_s, scheduled_s),
    )


def _count(amount: Amount) -> Vector:
    return _UNKNOWN_COUNT if amount is None else (amount, 1, 1)


def _ratio(numerator: Amount, denominator: Amount) -> Vector:
    if numerator is None or denominator is None:
        return _UNKNOWN_RATIO
    return (numerator, denominator, 1, 1)


def added(vectors: Iterable[Vector]) -> Vector:
    """The sum of vectors, number by number; empty when there are none."""
    return tuple(map(sum, zip(*vectors, strict=True)))


def totals_from(numbers: Vector) -> Totals:
    """Numbers as totals; of no numbers, nothing is known."""
    if not numbers:
        return Totals()
    parts: list[Any] = [int(numbers[0])]
    at = 1
    for each in fields(Totals)[1:]:
        is_count = each.default_factory is Count
        width = 3 if is_count else 4
        whole: list[Any] = [*numbers[at : at + width - 2], *map(int, numbers[at + width - 2 : at + width])]
        parts.append(Count(*whole) if is_count else Ratio(*whole))
        at += width
    return Totals(*parts)


def total(rows: Iterable[Figures], formula: ServiceLevel, interval_s: int) -> Totals:
    """All these intervals together; they have one length in seconds."""
    return totals_from(added(vector(row, formula, interval_s) for row in rows))
