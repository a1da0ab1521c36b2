"""The incidents that match a filter and that a person may see: one statement per page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.incidents.incidents import running_first, visible_to
from bot.incidents.rules import ACTIVE, OVER
from bot.incidents.tables import Incident, RoleHolder
from bot.screens.incident_list.rules import ALL, CLOSED, OPEN, PER_PAGE, Filter

STATUSES: Mapping[str, Sequence[str]] = {
    OPEN: ACTIVE,
    CLOSED: OVER,
}


def page_of(
    session: Session, list_filter: Filter, types_by_word: Mapping[str, Sequence[str]], user_id: str, now: datetime
) -> Sequence[Incident]:
    """Return one page, plus one incident if there is another page."""
    # Open incidents are few and come by how much they matter now; all others come newest first.
    order = running_first() if list_filter.state == OPEN else (col(Incident.id).desc(),)
    return session.exec(
        select(Incident)
        .where(*_conditions(list_filter, types_by_word, user_id, now))
        .order_by(*order)
        .offset(list_filter.page * PER_PAGE)
        .limit(PER_PAGE + 1)
    ).all()


def _conditions(
    list_filter: Filter, types_by_word: Mapping[str, Sequence[str]], user_id: str, now: datetime
) -> Iterator[sa.ColumnElement[bool]]:
    yield visible_to(user_id)
    if list_filter.state != ALL:
        yield col(Incident.status).in_(STATUSES.get(list_filter.state, (list_filter.state,)))
    if list_filter.is_mine:
        has_role = sa.exists().where(
            col(RoleHolder.incident_id) == col(Incident.id), col(RoleHolder.user_id) == user_id
        )
        yield sa.or_(col(Incident.declared_by) == user_id, has_role)
    if list_filter.severities:
        yield col(Incident.severity).in_(list_filter.severities)
    if list_filter.types:
        yield col(Incident.type).in_(list_filter.types)
    if list_filter.sites:
        yield sa.or_(*(_affects(site) for site in list_filter.sites))
    if list_filter.hours:
        yield col(Incident.declared_at) >= now - timedelta(hours=list_filter.hours)
    for word in list_filter.words:
        is_of_type = col(Incident.type).in_(types_by_word.get(word, ()))
        yield sa.or_(col(Incident.search_text).contains(word, autoescape=True), is_of_type)


def _affects(site: str) -> sa.ColumnElement[bool]:
    """Whether the site is among those affected. The column holds JSON as Python writes it."""
    return sa.cast(col(Incident.sites), sa.Text).contains(json.dumps(site), autoescape=True)
