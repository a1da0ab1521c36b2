"""The figures of every queue over a period, for reports."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from bot.impact import gathering, interval_tables, tables
from bot.impact.figure_wording import ENGLISH, LANGUAGES, Language, formula
from bot.impact.rules.assessment import Goal
from bot.impact.rules.figures import Totals, added, totals_from, vector
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.series import merged
from bot.impact.tables import Queue
from bot.incidents.facts import QueueFigures
from bot.services import Services


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
