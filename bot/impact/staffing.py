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
from bot.impact.rules.series import QueueInterval, merged
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
    known = interval_tables.queues_between(session, span[0] - PROFILE_WEEKS * WEEK_S, span[1])
    queues = {queue.number: queue for queue in tables.queues(session, known) if _is_wanted(queue, patterns, site)}
    # An interval that has already begun counts as well.
    wide = (span[0] - interval_tables.LONGEST_INTERVAL_S, span[1])
    forecast = [
        each
        for each in merged(interval_tables.rows_between(session, list(queues), wide))
        if each.figures.forecast_offered is not None and each.ends_at > span[0]
    ]
    planned = [(each, True) for each in forecast]
    planned += [(each, False) for each in _usual(session, services, list(queues), forecast, span)]
    aht = _usual_aht(session, [each for each, _ in planned], span[0])
    goals = {number: gathering.goal_of(queue.name, services.floor) for number, queue in queues.items()}
    loads = [
        Planned(
            *(each.starts_at, each.ends_at, each.figures.forecast_offered or 0.0, aht_s, goals[each.queue_id]),
            is_forecast,
        )
        for each, is_forecast in planned
        if (aht_s := each.figures.forecast_aht_s or aht.get(each.queue_id))
    ]
    return [_answer(each) for each in requirements(loads)]


def _usual(
    session: Session, services: Services, queues: Sequence[int], forecast: Sequence[QueueInterval], span: Span
) -> Iterator[QueueInterval]:
    """What is usual, from the same weekdays of eight weeks without incidents, where a queue's forecast ends."""
    until = dict.fromkeys(queues, span[0])
    for each in forecast:
        until[each.queue_id] = max(until[each.queue_id], each.ends_at)
    lacking = [queue_id for queue_id, ends_at in until.items() if ends_at < span[1]]
    if not lacking:
        return
    weeks = [
        (
            span[0] - week * WEEK_S - interval_tables.LONGEST_INTERVAL_S,
            span[1] - week * WEEK_S + interval_tables.LONGEST_INTERVAL_S,
        )
        for week in range(1, PROFILE_WEEKS + 1)
    ]
    others = tables.windows_of_others(session, 0, weeks[-1][0], span[0])
    local = gathering.local_clock(ZoneInfo(services.floor.figures.zone))
    came: dict[int, dict[int, float]] = defaultdict(dict)
    for queue_id, starts_at, offered in interval_tables.offered_before(session, lacking, weeks, others):
        came[queue_id][starts_at] = offered
    for queue_id, history in came.items():
        yield from usual_intervals(queue_id, history, until[queue_id], span[1], local)


def _is_wanted(queue: Queue, patterns: Sequence[str], site: str) -> bool:
    is_there = not site or not queue.site or queue.site.casefold() == site.casefold()
    return is_there and any(fnmatchcase(queue.name.casefold(), pattern.casefold()) for pattern in patterns)


def _usual_aht(session: Session, intervals: Sequence[QueueInterval], until: int) -> dict[int, float]:
    lacking = {each.queue_id for each in intervals if not each.figures.forecast_aht_s}
    if not lacking:
        return {}
    since = until - int(USUAL_OF.total_seconds())
    sums = interval_tables.sums_before(session, lacking, [(since, until)], ())
    return {queue_id: handled_s / answered for queue_id, *_, handled_s, answered in sums if answered and handled_s}


def _answer(found: Requirement) -> AgentsNeeded:
    return AgentsNeeded(
        datetime.fromtimestamp(found.starts_at, UTC),
        datetime.fromtimestamp(found.ends_at, UTC),
        found.agents,
        found.agents_c,
        found.offered,
        found.aht_s,
        found.patience_s,
        found.is_forecast,
    )
