"""Answers to other nouns about an incident's figures, as plain data."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import directory
from bot.impact import gathering, interval_tables, tables, watch_tables
from bot.impact.figure_wording import ENGLISH, LANGUAGES, UNKNOWN, Language, formula, length, notes, percent
from bot.impact.figure_wording import number as amount
from bot.impact.origins import Origin, origins_of, people_of
from bot.impact.rules.assessment import Assessment, Goal, Point
from bot.impact.rules.figures import Totals, added, totals_from, vector
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import merged
from bot.impact.tables import Queue
from bot.incidents import incidents
from bot.incidents.facts import FigureSentences, FigureTable, QueueFigures
from bot.services import Services

# In a table's note; a week of files is not listed one by one.
ORIGINS_NAMED = 8


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
