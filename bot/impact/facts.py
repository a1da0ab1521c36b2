"""Answers to other nouns about an incident's figures, as plain data."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import directory
from bot.impact import gathering, interval_tables, tables, watch_tables
from bot.impact.figure_wording import ENGLISH, LANGUAGES, UNKNOWN, Language, formula, length, notes, percent
from bot.impact.figure_wording import number as amount
from bot.impact.gathering import Origin, origins_of, people_of
from bot.impact.interval_tables import Span
from bot.impact.rules.assessment import Assessment, Goal, Point
from bot.impact.rules.baseline import PROFILE_WEEKS, WEEK_S
from bot.impact.rules.figures import Totals, added, totals_from, vector
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import by_length, merged
from bot.impact.rules.staffing import Planned, Requirement, requirements, usual_intervals
from bot.impact.tables import Queue
from bot.incidents import incidents
from bot.incidents.facts import AgentsNeeded, FigureSentences, FigureTable, QueueFigures
from bot.services import Services

# In a table's note; a week of files is not listed one by one.
ORIGINS_NAMED = 8
# Without a forecast of the handle time, its mean over this past period is used.
USUAL_OF = timedelta(days=28)


def sentences(session: Session, number: int, language: str) -> FigureSentences:
    """The sentences for the updates, as composed when figures arrived."""
    summary = watch_tables.summary(session, number)
    if summary is None:
        return FigureSentences()
    texts = summary.sentences.get(language) or summary.sentences.get("en", {})
    return FigureSentences(
        texts.get("line", ""), texts.get("operations", ""), texts.get("executives", ""), summary.at
    )


def table(session: Session, services: Services, number: int, now: datetime, language_code: str) -> FigureTable:
    """The incident interval by interval, all its queues together, for the post-mortem."""
    incident = incidents.by_number(session, number)
    assessment = gathering.gather(session, services.floor, incident, now)
    if not assessment.whole.since.intervals:
        return FigureTable()
    zone, language = ZoneInfo(services.floor.figures.zone), LANGUAGES.get(language_code, ENGLISH)
    incident_points = [point for point in assessment.points if point.is_incident]
    agents = [_agents_cells(point, language) for point in incident_points]
    # A column with nothing but `n/a` is left out.
    known_columns = [
        column for column in range(len(language.agents_header)) if any(row[column] != UNKNOWN for row in agents)
    ]
    rows = tuple(
        (*_row(point, zone, language), *(row[column] for column in known_columns))
        for point, row in zip(incident_points, agents, strict=True)
    )
    # The rest of a post-mortem is in the floor's zone.
    header = (
        f"{language.header[0]} ({zone.key})",
        *language.header[1:],
        *(language.agents_header[column] for column in known_columns),
    )
    definitions_text, cost_text = notes(assessment, language, zone.key)
    origins = _origins(session, assessment, number, zone, language)
    return FigureTable(header, rows, (f"{definitions_text} {origins}".strip(), cost_text))


def _origins(session: Session, assessment: Assessment, number: int, zone: ZoneInfo, language: Language) -> str:
    """The sources of the figures, their times and any corrections, in plain text."""
    origins = origins_of(session, assessment, number)
    names = directory.display_names(session, people_of(origins))
    origin_texts = [_origin(origin, names, zone, language) for origin in origins[:ORIGINS_NAMED]]
    return language.phrases["sources"].format(sources="; ".join(origin_texts)) if origin_texts else ""


def _origin(origin: Origin, names: Mapping[str, str], zone: ZoneInfo, language: Language) -> str:
    source = language.phrases.get({"": "other incident", "form": "form"}.get(origin.source, ""), origin.source)
    at = f"{origin.at.astimezone(zone):%Y-%m-%d %H:%M}"
    times = [at]
    if origin.corrected_at == origin.at:
        times = [language.phrases["corrected"].format(at=at)]
    elif origin.corrected_at:
        times.append(language.phrases["corrected"].format(at=f"{origin.corrected_at.astimezone(zone):%H:%M}"))
    return ", ".join(part for part in (source, names.get(origin.by, ""), *times) if part)


def _row(point: Point, zone: ZoneInfo, language: Language) -> tuple[str, ...]:
    at, totals = datetime.fromtimestamp(point.starts_at, UTC).astimezone(zone), point.totals
    return (
        at.strftime("%Y-%m-%d %H:%M"),
        amount(totals.offered.value, language),
        amount(point.expected, language),
        percent(totals.service_level.value, language),
        length(totals.asa.value),
        length(totals.aht.value),
        percent(totals.abandonment.value, language),
    )


def _agents_cells(point: Point, language: Language) -> tuple[str, str, str]:
    totals = point.totals
    return (
        amount(point.agents, language),
        percent(totals.adherence.value, language, 0),
        percent(totals.occupancy_told.value, language, 0),
    )


def queue_figures(
    session: Session, services: Services, start: datetime, end: datetime, language_code: str
) -> Sequence[QueueFigures]:
    """Every queue with known figures, the one with the most contacts first."""
    span = (int(start.timestamp()), int(end.timestamp()))
    queues = {
        queue.number: queue for queue in tables.queues(session, interval_tables.queues_between(session, *span))
    }
    intervals = merged(interval_tables.rows_between(session, list(queues), span), prefers_days=True)
    language = LANGUAGES.get(language_code, ENGLISH)
    figures = [
        _figures(
            queues[number], gathering.goal_of(queues[number].name, services.floor), list(queue_intervals), language
        )
        for number, queue_intervals in groupby(intervals, key=lambda interval: interval.queue_id)
    ]
    return sorted(figures, key=lambda line: (-(line.offered or 0), line.name, line.site))


def _figures(queue: Queue, goal: Goal, intervals: Sequence[QueueInterval], language: Language) -> QueueFigures:
    rows = (vector(each.figures, goal.formula, each.interval_s) for each in intervals)
    totals: Totals = totals_from(added(rows))
    return QueueFigures(
        name=queue.label,
        site=queue.site,
        formula=formula(goal, language),
        offered=totals.offered.value,
        service_level=totals.service_level.value,
        asa_s=totals.asa.value,
        aht_s=totals.aht.value,
        abandonment=totals.abandonment.value,
    )


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
