"""What an incident means for its queues, as data: goals, queues, the incident's window, the results."""

from collections.abc import Mapping

from msgspec import Struct, field

from bot.impact.rules.figures import Amount, Ratio, ServiceLevel, Totals
from bot.impact.rules.losses import Losses

# An interval's start, and its service level as a share of 1.
Level = tuple[int, Amount]


class Goal(Struct, frozen=True):
    """A queue's goal: a share of 1 within a threshold in seconds, and the formula; also the callers' patience."""

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
    """What is usual for a queue: contacts by length and local start of the interval; abandonment, ASA and AHT."""

    offered: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    abandonment: Amount = None
    asa_s: Amount = None
    aht_s: Amount = None


class Window(Struct, frozen=True):
    """An incident's window, in seconds since 1970: the start of its day, its start, its end, the recovery's end."""

    day: int
    start: int
    end: int
    until: int
    # The incident lasted longer than the part that is counted.
    is_cut: bool = False


class Group(Struct, frozen=True):
    """A queue, a site, a partner, or all: the last known interval, the totals since the start, and the cost."""

    title: str
    goal: Goal | None
    latest_at: int = 0
    # How much of that interval had passed when it was reported; None if it was over.
    latest_passed_s: int | None = None
    now: Totals = field(default_factory=Totals)
    since: Totals = field(default_factory=Totals)
    # Offered contacts since the start, and the expected ones, over the intervals where both are known.
    against_expected: Ratio = field(default_factory=Ratio)
    losses: Losses = field(default_factory=Losses)
    agents: Amount = None
    agents_planned: Amount = None
    agents_scheduled: Amount = None
    agents_available: Amount = None
    oldest_s: Amount = None
    # The imported percentage for the last interval of a single queue; it is never summed or averaged.
    imported_level: Amount = None
    # For a single queue: its number, and the service level of each interval since the start, as shares of 1.
    id: int = 0
    levels: tuple[Level, ...] = ()
    # For a single queue that was below its goal: when it was back for two intervals in a row.
    back_at: int | None = None


class Point(Struct, frozen=True):
    """All queues together in one interval, for the chart and the table."""

    starts_at: int
    interval_s: int
    totals: Totals
    expected: Amount = None
    low: Amount = None
    high: Amount = None
    is_incident: bool = False
    # Agents staffed, all queues together; None unless known for each of them.
    agents: Amount = None


class Assessment(Struct, frozen=True):
    """Everything that is known about an incident's figures."""

    window: Window
    whole: Group
    queues: tuple[Group, ...] = ()
    sites: tuple[Group, ...] = ()
    partners: tuple[Group, ...] = ()
    points: tuple[Point, ...] = ()
    points_lost: Amount = None
    # How many intervals have a forecast, out of how many with any expectation.
    forecast_intervals: int = 0
    expected_intervals: int = 0
    restated: int = 0
    # Pairs of queue and seconds: intervals that do not count, because a later import covers their time.
    left_out: tuple[tuple[str, int], ...] = ()
    # Queues with figures that are not shown: files were imported for the incident, or no queue is one of its own.
    hidden_queues: int = 0
    # The incident names no site and no partner, so that all queues count.
    is_whole_floor: bool = False
    # Pairs of import and queue: imports that supplied the actual figures, and imports that corrected them.
    actual_imports: frozenset[tuple[int, str]] = frozenset()
    correcting_imports: frozenset[tuple[int, str]] = frozenset()

    @property
    def is_known(self) -> bool:
        """True if there is anything to show."""
        return bool(self.points)
