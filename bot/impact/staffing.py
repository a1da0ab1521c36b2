"""How many agents the forecast of queues needs in the time ahead."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from sqlmodel import Session

from bot.impact import gathering, interval_tables, tables
from bot.impact.rules.series import QueueInterval, merged
from bot.impact.rules.staffing import Planned, Requirement, requirements
from bot.impact.tables import Queue
from bot.incidents.facts import AgentsNeeded
from bot.services import Services

# Where the forecast says contacts and no handling time, it is that of so long before.
USUAL_OF = timedelta(days=28)


def agents_needed(
    session: Session, services: Services, patterns: Sequence[str], site: str, start: datetime, end: datetime
) -> Sequence[AgentsNeeded]:
    """Of the queues whose names fit, and that are at the site or at none; nothing where nothing is forecast."""
    span = (int(start.timestamp()), int(end.timestamp()))
    # An interval that has begun counts as well.
    wide = (span[0] - interval_tables.LONGEST_INTERVAL_S, span[1])
    queues = {
        queue.number: queue
        for queue in tables.queues(session, interval_tables.queues_between(session, *wide))
        if _is_wanted(queue, patterns, site)
    }
    intervals = [
        each
        for each in merged(interval_tables.rows_between(session, list(queues), wide))
        if each.figures.forecast_offered is not None and each.ends_at > span[0]
    ]
    usual = _usual_aht(session, intervals, span[0])
    goals = {number: gathering.goal_of(queue.name, services.floor) for number, queue in queues.items()}
    planned = [
        Planned(each.starts_at, each.ends_at, each.figures.forecast_offered or 0.0, aht_s, goals[each.queue_id])
        for each in intervals
        if (aht_s := each.figures.forecast_aht_s or usual.get(each.queue_id))
    ]
    return [_answer(each) for each in requirements(planned)]


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
    )
