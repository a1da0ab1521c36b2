"""The figures of an incident's queues, read in a constant number of queries and assessed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace
from sqlmodel import Session

from bot.config.floor import Floor
from bot.impact import interval_tables, tables
from bot.impact.interval_tables import Span
from bot.impact.rules.assessing import assess
from bot.impact.rules.assessment import Assessment, Goal, Past, QueueFacts, Window
from bot.impact.rules.baseline import PROFILE_WEEKS, WEEK_S, WEEKS
from bot.impact.rules.figures import ServiceLevel
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import by_length
from bot.impact.rules.outlook import AHEAD_S, Outlook, outlook
from bot.impact.tables import Import, Queue
from bot.incidents.milestones import milestones_of
from bot.incidents.tables import Incident
from bot.timeline.milestones import MilestoneName

# How long after the end contacts may still come back.
RECOVERS_FOR = timedelta(hours=4)
LONGEST_S = 7 * 24 * 3600
AROUND_S = 3600


class Scope(Struct, frozen=True):
    """The queues that count for an incident."""

    queues: list[QueueFacts]
    # How many more have figures, if files were imported for the incident or no queue counts.
    hidden_queues: int = 0
    # The incident names no place, so that the queues of every place count.
    is_whole_floor: bool = False


class GatheredFigures(Struct, frozen=True):
    """An incident's assessment, and the figures of its queues from which it was made."""

    assessment: Assessment
    local: Callable[[int], int]
    queues: Sequence[QueueFacts] = ()
    series: Mapping[int, Sequence[QueueInterval]] = field(default_factory=dict)
    past: Mapping[int, Past] = field(default_factory=dict)

    def outlook(self) -> Outlook | None:
        """Compute when the worst-hit queue will recover."""
        worst_id = next((group.id for group in self.assessment.queues), 0)
        worst = next((queue for queue in self.queues if queue.id == worst_id), None)
        return outlook(worst, self.series[worst.id], self.past.get(worst.id, Past()), self.local) if worst else None


def gather(session: Session, floor: Floor, incident: Incident, now: datetime) -> Assessment:
    """Assess an incident's figures so far."""
    return gather_figures(session, floor, incident, now).assessment


def gather_figures(session: Session, floor: Floor, incident: Incident, now: datetime) -> GatheredFigures:
    """Assess an incident's figures so far; keep them for the outlook."""
    zone = ZoneInfo(floor.figures.zone)
    window = window_of(session, incident, now, zone)
    scope = scope_of(session, floor, incident, window)
    queues, local = scope.queues, local_clock(zone)
    if not queues:
        whole = assess([], {}, {}, window, int).whole
        return GatheredFigures(Assessment(window, whole=whole, hidden_queues=scope.hidden_queues), local)
    span = (window.day, max(window.until, window.end) + AHEAD_S)
    weeks = [
        (span[0] - week * WEEK_S - AROUND_S, span[1] - week * WEEK_S + AROUND_S)
        for week in range(1, PROFILE_WEEKS + 1)
    ]
    numbers = [queue.id for queue in queues]
    series: dict[int, list[QueueInterval]] = defaultdict(list)
    for interval in interval_tables.intervals_between(session, numbers, span):
        series[interval.queue_id].append(interval)
    other_windows = tables.windows_of_others(session, incident.number, weeks[-1][0], span[0])
    past = _past_by_queue(session, series, weeks, other_windows, local)
    assessment = replace(
        assess(queues, series, past, window, local),
        hidden_queues=scope.hidden_queues,
        is_whole_floor=scope.is_whole_floor,
    )
    return GatheredFigures(assessment, local, queues, series, past)


def has_figures(session: Session, floor: Floor, incident: Incident, now: datetime) -> bool:
    """Whether any figures of the incident's queues are known for its day."""
    window = window_of(session, incident, now, ZoneInfo(floor.figures.zone))
    numbers = [queue.id for queue in scope_of(session, floor, incident, window).queues]
    queues_with_figures = interval_tables.queues_between(
        session, window.day, max(window.until, window.end) + AHEAD_S, reader=incident.number
    )
    return not set(queues_with_figures).isdisjoint(numbers)


def window_of(session: Session, incident: Incident, now: datetime, zone: ZoneInfo) -> Window:
    """The window from the start on record, or else the declaration, to the end, or until now; its day begins at the
    site's midnight."""
    started = milestones_of(session, incident.number).get(MilestoneName.STARTED)
    started_at = min(started.at, incident.declared_at) if started else incident.declared_at
    start = int(started_at.timestamp())
    ended_at = incident.resolved_at or now
    actual_end = max(int(ended_at.timestamp()), start + 1)
    end = min(actual_end, start + LONGEST_S)
    recovery_end = (
        min(int(now.timestamp()), end + int(RECOVERS_FOR.total_seconds())) if incident.resolved_at else end
    )
    midnight = started_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(int(midnight.timestamp()), start, end, max(recovery_end, end), is_cut=actual_end > end)


def scope_of(session: Session, floor: Floor, incident: Incident, window: Window) -> Scope:
    """The queues of files imported for the incident; else those of its sites and partners, of which a queue without
    a place may be one; for an incident without a place, all. Queues typed into its form belong to it as well.

    Figures that came for another incident belong to that one, unless they name a place of this incident.
    """
    of_files, typed = tables.queues_of_incident(session, incident.number)
    span = (window.start - LONGEST_S, window.end)
    known = set(interval_tables.queues_between(session, *span, reader=incident.number))
    place_names = {name.casefold() for name in (*incident.sites, *incident.partners)}
    of_places = set() if of_files else _queues_of_places(session, known, place_names)
    others = (
        set() if of_files or of_places else set(interval_tables.queues_between(session, *span, incident.number))
    )
    if place_names:
        others = {queue.number for queue in tables.queues(session, others) if not (queue.site or queue.partner)}
    numbers = of_files | of_places | others | typed
    return Scope(
        [queue_facts(queue, floor) for queue in tables.queues(session, numbers)],
        hidden_queues=len(known - numbers) if of_files or not numbers else 0,
        is_whole_floor=not place_names and not others <= typed,
    )


def _queues_of_places(session: Session, known: Collection[int], place_names: Set[str]) -> set[int]:
    """The queues whose site or partner is one of these."""
    return {
        queue.number
        for queue in tables.queues(session, known if place_names else ())
        if {queue.site.casefold(), queue.partner.casefold()} & place_names
    }


def queue_facts(queue: Queue, floor: Floor) -> QueueFacts:
    return QueueFacts(queue.number, queue.label, queue.name, queue.site, queue.partner, goal_of(queue.name, floor))


def goal_of(name: str, floor: Floor) -> Goal:
    """A queue's goal from floor.yaml."""
    group = floor.figures.group_of(name)
    service_level = group.service_level
    return Goal(
        ServiceLevel(service_level.formula),
        floor.figures.threshold_s(name),
        service_level.target,
        group.patience.total_seconds(),
    )


def local_clock(zone: ZoneInfo) -> Callable[[int], int]:
    """A function from a moment to local seconds, in which the same weekday and time are always a week apart."""
    local_by_moment: dict[int, int] = {}

    def local(moment: int) -> int:
        if moment not in local_by_moment:
            offset = datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset() or timedelta()
            local_by_moment[moment] = moment + int(offset.total_seconds())
        return local_by_moment[moment]

    return local


def _past_by_queue(
    session: Session,
    series: Mapping[int, Sequence[QueueInterval]],
    weeks: Sequence[Span],
    other_windows: Sequence[Span],
    local: Callable[[int], int],
) -> dict[int, Past]:
    """What was usual for each queue, without the intervals in which another incident was open.

    Contacts by interval are read only for queues whose forecast does not cover every interval.
    """
    queues_without_forecast = [
        queue_id
        for queue_id, intervals in series.items()
        if any(each.figures.forecast_offered is None for each in intervals)
    ]
    history: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    if queues_without_forecast:
        for queue_id, starts_at, interval_s, contacts in interval_tables.offered_before(
            session, queues_without_forecast, weeks, other_windows
        ):
            history[queue_id].append((local(starts_at), interval_s, contacts))
    return {
        queue_id: Past(
            by_length({each.interval_s for each in series[queue_id]}, history[queue_id]),
            *(_quotient(sums[place : place + 2]) for place in (0, 2, 4)),
        )
        for queue_id, *sums in interval_tables.sums_before(session, list(series), weeks[:WEEKS], other_windows)
    }


def _quotient(parts: Sequence[float | None]) -> float | None:
    numerator, denominator = parts
    return numerator / denominator if numerator is not None and denominator else None


class Origin(Struct):
    """Everything from one source by one person: a file, the form, a request."""

    # Empty if it was imported for another incident, which not every reader may see.
    source: str
    by: str
    at: datetime
    queues: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)
    corrected_at: datetime | None = None


def origins_of(session: Session, assessment: Assessment, number: int) -> list[Origin]:
    """The origins of an incident's figures, newest first."""
    pairs = assessment.actual_imports | assessment.correcting_imports
    imports = {each.number: each for each in tables.imports(session, {import_id for import_id, _ in pairs})}
    origins_by_key: dict[tuple[str, str], Origin] = {}
    for import_id, queue in assessment.actual_imports:
        if origin := _origin(origins_by_key, imports.get(import_id), number):
            origin.queues.add(queue)
    for import_id, queue in assessment.correcting_imports:
        import_row = imports.get(import_id)
        if (origin := _origin(origins_by_key, import_row, number)) and import_row and import_row.visible_at:
            origin.corrected.add(queue)
            origin.corrected_at = max(origin.corrected_at or import_row.visible_at, import_row.visible_at)
    return sorted(origins_by_key.values(), key=lambda origin: (origin.at, origin.source), reverse=True)


def _origin(origins_by_key: dict[tuple[str, str], Origin], import_row: Import | None, number: int) -> Origin | None:
    if import_row is None or import_row.visible_at is None:
        return None
    key = (import_row.source, import_row.by) if import_row.incident_id in (None, number) else ("", "")
    origin = origins_by_key.setdefault(key, Origin(*key, import_row.visible_at))
    origin.at = max(origin.at, import_row.visible_at)
    return origin


def people_of(origins: Iterable[Origin]) -> set[str]:
    """Every person who supplied figures."""
    return {origin.by for origin in origins if origin.by}
