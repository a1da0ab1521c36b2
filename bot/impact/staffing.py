"""How many agents queues will need: by their forecast, else by what is usual."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.impact import gathering, interval_tables, tables
from bot.impact.interval_tables import Span
from bot.impact.rules.baseline import PROFILE_WEEKS, WEEK_S
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import by_length, merged
from bot.impact.rules.staffing import Planned, Requirement, requirements, usual_intervals
from bot.impact.tables import Queue
from bot.incidents.facts import AgentsNeeded
from bot.services import Services

# Without a forecast of the handle time, its mean over this past period is used.
USUAL_OF = timedelta(days=28)


def agents_needed(
    session: Session, services: Services, patterns: Sequence[str], site: str, start: datetime, end: datetime
) -> Sequence[AgentsNeeded]:
    """The agents needed by the queues whose names match, at the site or at none. After a queue's forecast ends,
    what is usual for the weekday and time is used; nothing if that is unknown, too."""
    span = (int(start.timestamp()), int(end.timestamp()))
    queue_ids = interval_tables.queues_between(session, span[0] - PROFILE_WEEKS * WEEK_S, span[1])
    queues = {queue.number: queue for queue in tables.queues(session, queue_ids) if _matches(queue, patterns, site)}
    # An interval that has already begun counts as well.
    wide_span = (span[0] - interval_tables.LONGEST_INTERVAL_S, span[1])
    forecast = [
        interval
        for interval in merged(interval_tables.rows_between(session, list(queues), wide_span))
        if interval.figures.forecast_offered is not None and interval.ends_at > span[0]
    ]
    planned = [(interval, True) for interval in forecast]
    planned += [(interval, False) for interval in _usual(session, services, list(queues), forecast, span)]
    aht = _usual_aht(session, [interval for interval, _ in planned], span[0])
    goals = {number: gathering.goal_of(queue.name, services.floor) for number, queue in queues.items()}
    loads = [
        Planned(
            *(
                interval.starts_at,
                interval.ends_at,
                interval.figures.forecast_offered or 0.0,
                aht_s,
                goals[interval.queue_id],
            ),
            is_forecast,
        )
        for interval, is_forecast in planned
        if (aht_s := interval.figures.forecast_aht_s or aht.get(interval.queue_id))
    ]
    return [_to_agents_needed(requirement) for requirement in requirements(loads)]


def _usual(
    session: Session, services: Services, queues: Sequence[int], forecast: Sequence[QueueInterval], span: Span
) -> Iterator[QueueInterval]:
    """What is usual, from the same weekdays of eight weeks without incidents, where a queue's forecast ends."""
    forecast_ends = dict.fromkeys(queues, span[0])
    for interval in forecast:
        forecast_ends[interval.queue_id] = max(forecast_ends[interval.queue_id], interval.ends_at)
    queues_without_forecast = [queue_id for queue_id, ends_at in forecast_ends.items() if ends_at < span[1]]
    if not queues_without_forecast:
        return
    weeks = [
        (
            span[0] - week * WEEK_S - interval_tables.LONGEST_INTERVAL_S,
            span[1] - week * WEEK_S + interval_tables.LONGEST_INTERVAL_S,
        )
        for week in range(1, PROFILE_WEEKS + 1)
    ]
    other_windows = tables.windows_of_others(session, 0, weeks[-1][0], span[0])
    local = gathering.local_clock(ZoneInfo(services.floor.figures.zone))
    history_by_queue: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for queue_id, *interval_and_contacts in interval_tables.offered_before(
        session, queues_without_forecast, weeks, other_windows
    ):
        history_by_queue[queue_id].append(tuple(interval_and_contacts))
    for queue_id, rows in history_by_queue.items():
        _, newest_length_s, _ = rows[-1]
        history = by_length({newest_length_s}, rows)[newest_length_s]
        yield from usual_intervals(queue_id, history, forecast_ends[queue_id], span[1], local)


def _matches(queue: Queue, patterns: Sequence[str], site: str) -> bool:
    is_at_site = not site or not queue.site or queue.site.casefold() == site.casefold()
    return is_at_site and any(fnmatchcase(queue.name.casefold(), pattern.casefold()) for pattern in patterns)


def _usual_aht(session: Session, intervals: Sequence[QueueInterval], until: int) -> dict[int, float]:
    queues_without_aht = {interval.queue_id for interval in intervals if not interval.figures.forecast_aht_s}
    if not queues_without_aht:
        return {}
    since = until - int(USUAL_OF.total_seconds())
    sums = interval_tables.sums_before(session, queues_without_aht, [(since, until)], ())
    return {queue_id: handled_s / answered for queue_id, *_, handled_s, answered in sums if answered and handled_s}


def _to_agents_needed(requirement: Requirement) -> AgentsNeeded:
    return AgentsNeeded(
        datetime.fromtimestamp(requirement.starts_at, UTC),
        datetime.fromtimestamp(requirement.ends_at, UTC),
        requirement.agents,
        requirement.agents_c,
        requirement.offered,
        requirement.aht_s,
        requirement.patience_s,
        requirement.is_forecast,
    )
