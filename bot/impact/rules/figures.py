"""A queue's figures in an interval, and how several are summed. Unknown stays unknown: it is never zero.

Sums record how many of their intervals were known. Ratios are summed as numerator and denominator over the
intervals where both are known; percentages and averages are never averaged.
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
    """What is known about a queue in an interval. Counts are contacts, times are seconds, None is unknown."""

    offered: Amount = None
    answered: Amount = None
    # Within the threshold of the service level.
    answered_in: Amount = None
    abandoned: Amount = None
    abandoned_in: Amount = None
    # Answered, abandoned or called back within the threshold, as Amazon Connect counts them.
    removed_in: Amount = None
    # Averages: AHT and ASA over answered contacts, the last one over abandoned contacts.
    aht_s: Amount = None
    asa_s: Amount = None
    abandon_wait_s: Amount = None
    # Agents, on average over the interval: signed in (staffed), rostered for it, free to take a contact.
    agents: Amount = None
    agents_scheduled: Amount = None
    agents_available: Amount = None
    # The longest current wait at the end of the interval.
    oldest_s: Amount = None
    # The percentage from a file, as a share of 1: shown as imported, used in no sum.
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
    # An average over no contacts weighs nothing, whatever its value.
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
    """A sum over `of` intervals; the amount is known for `known` of them."""

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
        """True if it is known for every interval."""
        return self.known == self.of


class Ratio(Struct, frozen=True):
    """Two sums over the intervals where both are known, and the number of these intervals."""

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
        """The quotient; None if nothing is known or the denominator is 0: n/a, not 100 %."""
        return self.numerator / self.denominator if self.denominator > 0 else None

    @property
    def is_whole(self) -> bool:
        """True if it is known for every interval."""
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
    """Totals of several intervals or queues. Any split of them gives the same totals."""

    intervals: int = 0
    offered: Count = field(default_factory=Count)
    answered: Count = field(default_factory=Count)
    abandoned: Count = field(default_factory=Count)
    # Offered contacts, and the forecast's, where both are known.
    against_forecast: Ratio = field(default_factory=Ratio)
    service_level: Ratio = field(default_factory=Ratio)
    # Seconds.
    asa: Ratio = field(default_factory=Ratio)
    aht: Ratio = field(default_factory=Ratio)
    forecast_aht: Ratio = field(default_factory=Ratio)
    # Shares of 1.
    abandonment: Ratio = field(default_factory=Ratio)
    occupancy: Ratio = field(default_factory=Ratio)
    occupancy_of_staffed: Ratio = field(default_factory=Ratio)
    adherence: Ratio = field(default_factory=Ratio)

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))

    @property
    def counts_available(self) -> bool:
        """Whether occupancy uses the time of available agents; not if staffed time is known for more intervals."""
        return self.occupancy.known >= self.occupancy_of_staffed.known

    @property
    def occupancy_told(self) -> Ratio:
        """Occupancy by whichever of its two formulas is known for more intervals; they are never mixed."""
        return self.occupancy if self.counts_available else self.occupancy_of_staffed


# Totals as plain numbers, in the order of the fields: thousands of intervals are summed while a user waits.
Vector = tuple[float, ...]
_UNKNOWN_COUNT, _UNKNOWN_RATIO = (0.0, 0, 1), (0.0, 0.0, 0, 1)


def vector(row: Figures, formula: ServiceLevel, interval_s: int) -> Vector:
    """One interval's totals as a vector that can be added element by element.

    ASA = waiting time of answered contacts / answered; AHT = handling / answered; abandonment = abandoned /
    offered.
    Occupancy = handling / (handling + available time), as workforce management defines it; where available agents
    are not counted, handling / staffed time. A time is agents × the interval's length.
    Adherence = minutes in the scheduled state / scheduled minutes. Only the numbers of agents in an interval are
    known, so it is min(staffed, scheduled) / scheduled, an upper bound: an absent agent and an unscheduled one
    cancel each other within an interval, never across intervals.
    """
    offered, answered, abandoned = row.offered, row.answered, row.abandoned
    handling_s = _times(row.aht_s, answered)
    staffed_s = None if row.agents is None else row.agents * interval_s
    available_s = None if row.agents_available is None else row.agents_available * interval_s
    scheduled_s = None if row.agents_scheduled is None else row.agents_scheduled * interval_s
    adherent_s = None if staffed_s is None or scheduled_s is None else min(staffed_s, scheduled_s)
    return (
        1,
        *_count(offered),
        *_count(answered),
        *_count(abandoned),
        *_ratio(offered, row.forecast_offered),
        *_ratio(*SERVICE_LEVELS[formula](row)),
        *_ratio(_times(row.asa_s, answered), answered),
        *_ratio(handling_s, answered),
        *_ratio(_times(row.forecast_aht_s, row.forecast_offered), row.forecast_offered),
        *_ratio(abandoned, offered),
        *_ratio(handling_s, _plus(handling_s, available_s)),
        *_ratio(handling_s, staffed_s),
        *_ratio(adherent_s, scheduled_s),
    )


def _count(amount: Amount) -> Vector:
    return _UNKNOWN_COUNT if amount is None else (amount, 1, 1)


def _ratio(numerator: Amount, denominator: Amount) -> Vector:
    if numerator is None or denominator is None:
        return _UNKNOWN_RATIO
    return (numerator, denominator, 1, 1)


def added(vectors: Iterable[Vector]) -> Vector:
    """The sum of vectors, element by element; empty if there are none."""
    return tuple(map(sum, zip(*vectors, strict=True)))


def totals_from(numbers: Vector) -> Totals:
    """A vector as totals; for an empty vector, nothing is known."""
    if not numbers:
        return Totals()
    parts: list[Any] = [int(numbers[0])]
    at = 1
    for total_field in fields(Totals)[1:]:
        is_count = total_field.default_factory is Count
        width = 3 if is_count else 4
        amounts: list[Any] = [*numbers[at : at + width - 2], *map(int, numbers[at + width - 2 : at + width])]
        parts.append(Count(*amounts) if is_count else Ratio(*amounts))
        at += width
    return Totals(*parts)
