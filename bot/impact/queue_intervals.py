"""Queues' intervals with the figures that count, and how much of each had passed when it was reported."""

from collections.abc import Collection

from sqlmodel import Session

from bot.impact import interval_tables, tables
from bot.impact.interval_tables import Span
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.series import merged


def intervals_between(session: Session, numbers: Collection[int], span: Span) -> list[QueueInterval]:
    """The intervals of these queues in that time, by queue, in order."""
    rows = interval_tables.rows_between(session, numbers, span)
    visible_at = tables.visible_times(session, {row[2] for row in rows})
    return [interval.reported(visible_at) for interval in merged(rows, visible_at=visible_at)]
