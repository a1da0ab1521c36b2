"""Answers to other nouns about an incident's figures, as plain data."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot import directory
from bot.impact import charts, gathering, watch_tables
from bot.impact.origins import Origin, origins_of, people_of
from bot.impact.rules.assessment import Assessment, Point
from bot.impact.wording import ENGLISH, LANGUAGES, UNKNOWN, Language, length, notes, percent
from bot.impact.wording import number as amount
from bot.incidents import incidents
from bot.incidents.facts import FigureSentences, FigureTable
from bot.services import Services

# In a table's note; a week of files is not listed one by one.
ORIGINS_NAMED = 8


def sentences(session: Session, number: int, language: str) -> FigureSentences:
    """The sentences for the updates, as composed when figures arrived."""
    summary = watch_tables.summary(session, number)
    if summary is None:
        return FigureSentences()
    said = summary.sentences.get(language) or summary.sentences.get("en", {})
    return FigureSentences(said.get("line", ""), said.get("operations", ""), said.get("executives", ""))


def table(session: Session, services: Services, number: int, now: datetime, language: str) -> FigureTable:
    """The incident interval by interval, all its queues together, for the post-mortem."""
    incident = incidents.by_number(session, number)
    assessment = gathering.gather(session, services.floor, incident, now)
    if not assessment.whole.since.intervals:
        return FigureTable()
    zone, words = ZoneInfo(services.floor.figures.zone), LANGUAGES.get(language, ENGLISH)
    within = [point for point in assessment.points if point.is_incident]
    agents = [_agents_cells(point, words) for point in within]
    # A column with nothing but `n/a` is left out.
    known = [place for place in range(len(words.agents_header)) if any(row[place] != UNKNOWN for row in agents)]
    rows = tuple(
        (*_row(point, zone, words), *(row[place] for place in known))
        for point, row in zip(within, agents, strict=True)
    )
    header = (*words.header, *(words.agents_header[place] for place in known))
    meant, cost = notes(assessment, words, zone.key)
    origins = _origins(session, assessment, number, zone, words)
    return FigureTable(header, rows, (f"{meant} {origins}".strip(), cost))


def _origins(session: Session, assessment: Assessment, number: int, zone: ZoneInfo, words: Language) -> str:
    """The sources of the figures, their times and any corrections, in plain text."""
    known = origins_of(session, assessment, number)
    names = directory.display_names(session, people_of(known))
    told = [_origin(origin, names, zone, words) for origin in known[:ORIGINS_NAMED]]
    return words.phrases["sources"].format(sources="; ".join(told)) if told else ""


def _origin(origin: Origin, names: Mapping[str, str], zone: ZoneInfo, words: Language) -> str:
    source = words.phrases.get({"": "other incident", "form": "form"}.get(origin.source, ""), origin.source)
    at = f"{origin.at.astimezone(zone):%Y-%m-%d %H:%M}"
    when = [at]
    if origin.corrected_at == origin.at:
        when = [words.phrases["corrected"].format(at=at)]
    elif origin.corrected_at:
        when.append(words.phrases["corrected"].format(at=f"{origin.corrected_at.astimezone(zone):%H:%M}"))
    return ", ".join(part for part in (source, names.get(origin.by, ""), *when) if part)


def _row(point: Point, zone: ZoneInfo, words: Language) -> tuple[str, ...]:
    at, totals = datetime.fromtimestamp(point.starts_at, UTC).astimezone(zone), point.totals
    return (
        at.strftime("%Y-%m-%d %H:%M"),
        amount(totals.offered.value, words),
        amount(point.expected, words),
        percent(totals.service_level.value, words),
        length(totals.asa.value),
        length(totals.aht.value),
        percent(totals.abandonment.value, words),
    )


def _agents_cells(point: Point, words: Language) -> tuple[str, str, str]:
    totals = point.totals
    return (
        amount(point.agents, words),
        percent(totals.adherence.value, words, 0),
        percent(totals.occupancy_told.value, words, 0),
    )


def chart(services: Services, number: int, now: datetime) -> bytes:
    """The chart as PNG; empty when there are no figures."""
    return charts.chart_png(services, number, now)
