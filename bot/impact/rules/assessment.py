"""What an incident means for its queues, as data: goals, queues, the time of an incident, what was found."""

from collections.abc import Mapping

from msgspec import Struct, field

from bot.impact.rules.figures import Amount, ServiceLevel, Totals
from bot.impact.rules.losses import Losses

# When an interval began, and its service level, a share of 1.
Level = tuple[int, Amount]


class Goal(Struct, frozen=True):
    """What a queue is to reach: a share of 1 within so many seconds, by which formula; how patient callers are."""

    formula: ServiceLevel = ServiceLevel.OF_OFFERED
    threshold_s: float = 20.0
    target: float = 0.8
    patience_s: float = 120.0


class QueueFacts(Struct, frozen=True):
    """A queue as the assessment needs it."""

    id: int
    label: str
    name: str
    site: str
    partner: str
    goal: Goal


class Past(Struct, frozen=True):
    """What a queue usually does: contacts by local start of the interval, and what was usual of those who wait."""

    offered: Mapping[int, float] = field(default_factory=dict)
    abandonment: Amount = None
    asa_s: Amount = None
    aht_s: Amount = None


class Window(Struct, frozen=True):
    """The time of an incident, in seconds since 1970: its day, its beginning, its end, until when it recovers."""

    day: int
    start: int
    end: int
    until: int
    # It lasted longer than what is counted.
    is_cut: bool = False


class Group(Struct, frozen=True):
    """A queue, a site, a partner, or all: the last known interval, all since the beginning, and the cost."""

    title: str
    goal: Goal | None
    latest_at: int = 0
    now: Totals = field(default_factory=Totals)
    since: Totals = field(default_factory=Totals)
    expected: float = 0.0
    losses: Losses = field(default_factory=Losses)
    agents: Amount = None
    agents_planned: Amount = None
    agents_scheduled: Amount = None
    agents_available: Amount = None
    oldest_s: Amount = None
    # The percentage that a report brought for the last interval of a queue alone; it is never summed or averaged.
    imported_level: Amount = None
    # Of a queue alone: its number, and the service level of each interval since the beginning, shares of 1.
    id: int = 0
    levels: tuple[Level, ...] = ()


class Point(Struct, frozen=True):
    """All queues together in one interval, for the chart and the table."""

    starts_at: int
    interval_s: int
    totals: Totals
    expected: Amount = None
    low: Amount = None
    high: Amount = None
    is_incident: bool = False
    # Agents staffed, all queues together; None unless it is known of each.
    agents: Amount = None


class Assessment(Struct, frozen=True):
    """Everything that is known of an incident's figures."""

    window: Window
    whole: Group
    queues: tuple[Group, ...] = ()
    sites: tuple[Group, ...] = ()
    partners: tuple[Group, ...] = ()
    points: tuple[Point, ...] = ()
    points_lost: Amount = None
    # The intervals whose expectation was planned, and of how many.
    forecast_intervals: int = 0
    expected_intervals: int = 0
    restated: int = 0
    # Queues by the import that what happened is known from, and by the one that put it right.
    told_by: frozenset[tuple[int, str]] = frozenset()
    restated_by: frozenset[tuple[int, str]] = frozenset()

    @property
    def is_known(self) -> bool:
        """Is there anything to say?"""
        return bool(self.points)
