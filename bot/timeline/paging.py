"""The timeline page by page: narrowed to some kinds, the last page first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.timeline.rules import FILTERS, PER_PAGE, pages
from bot.timeline.tables import TimelineEntry

MARKED, DECISIONS = "marked", "decisions"


def turned_to(
    session: Session, incident_id: int, narrowed: str, page: int
) -> tuple[Sequence[TimelineEntry], int, int, timedelta]:
    """The entries of a page (0 and too high a number are the last), that page's number, how many entries there are,
    and how long the whole of it lasted."""
    wanted = _wanted(incident_id, narrowed)
    counted = sa.select(sa.func.count(), sa.func.min(col(TimelineEntry.at)), sa.func.max(col(TimelineEntry.at)))
    total, first, last = session.connection().execute(counted.where(*wanted)).one()
    page = min(page, pages(total)) or pages(total)
    entries = session.exec(
        select(TimelineEntry)
        .where(*wanted)
        .order_by(col(TimelineEntry.at), col(TimelineEntry.id))
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).all()
    return entries, page, total, _length(first, last)


def _length(first: datetime | None, last: datetime | None) -> timedelta:
    return last - first if first and last else timedelta()


def _wanted(incident_id: int, narrowed: str) -> list[sa.ColumnElement[bool]]:
    wanted = [col(TimelineEntry.incident_id) == incident_id, col(TimelineEntry.is_shown).is_(True)]
    kinds = FILTERS.get(narrowed, ())
    if narrowed == MARKED:
        return [*wanted, col(TimelineEntry.is_marked).is_(True)]
    if narrowed == DECISIONS:
        return [*wanted, sa.or_(col(TimelineEntry.kind).in_(kinds), col(TimelineEntry.label).in_(kinds))]
    return [*wanted, col(TimelineEntry.kind).in_(kinds)] if kinds else wanted
