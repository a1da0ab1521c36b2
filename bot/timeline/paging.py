"""The timeline page by page: filtered by kind, the last page first."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlmodel import Session, col, select

from bot.timeline.rules import FILTERS, PER_PAGE, pages
from bot.timeline.tables import TimelineEntry

MARKED, DECISIONS = "marked", "decisions"


class EntryPage(Struct, frozen=True):
    """The entries of a page, its number, the number of all entries, and the time they span."""

    entries: Sequence[TimelineEntry]
    number: int
    total: int
    timespan: timedelta


def read_page(session: Session, incident_id: int, filter_name: str, page: int) -> EntryPage:
    """Return a page of the timeline; 0 or too high a number means the last."""
    conditions = _conditions(incident_id, filter_name)
    statement = sa.select(sa.func.count(), sa.func.min(col(TimelineEntry.at)), sa.func.max(col(TimelineEntry.at)))
    total, first_at, last_at = session.connection().execute(statement.where(*conditions)).one()
    page = min(page, pages(total)) or pages(total)
    entries = session.exec(
        select(TimelineEntry)
        .where(*conditions)
        .order_by(col(TimelineEntry.at), col(TimelineEntry.id))
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).all()
    timespan = last_at - first_at if first_at and last_at else timedelta()
    return EntryPage(entries, page, total, timespan)


def _conditions(incident_id: int, filter_name: str) -> list[sa.ColumnElement[bool]]:
    conditions = [col(TimelineEntry.incident_id) == incident_id, col(TimelineEntry.is_shown).is_(True)]
    kinds = FILTERS.get(filter_name, ())
    if filter_name == MARKED:
        return [*conditions, col(TimelineEntry.is_marked).is_(True)]
    if filter_name == DECISIONS:
        return [*conditions, sa.or_(col(TimelineEntry.kind).in_(kinds), col(TimelineEntry.label).in_(kinds))]
    return [*conditions, col(TimelineEntry.kind).in_(kinds)] if kinds else conditions
