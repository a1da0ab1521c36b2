"""The API's queries: only public incidents, page by page."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.incidents.rules import ACTIVE
from bot.incidents.tables import Incident

# Part of every query: nothing here reads private incidents.
_PUBLIC = col(Incident.is_private).is_(False)


def page(
    session: Session,
    *,
    before: int | None,
    limit: int,
    is_open: bool,
    severities: Sequence[str],
    since: datetime | None,
    has_drills: bool,
) -> Sequence[Incident]:
    """The newest incidents with a number below `before`."""
    query = select(Incident).where(_PUBLIC)
    if before is not None:
        query = query.where(col(Incident.id) < before)
    if is_open:
        query = query.where(col(Incident.status).in_(ACTIVE))
    if severities:
        query = query.where(col(Incident.severity).in_(severities))
    if since is not None:
        query = query.where(col(Incident.declared_at) >= since)
    if not has_drills:
        query = query.where(col(Incident.is_drill).is_(False))
    return session.exec(query.order_by(col(Incident.id).desc()).limit(limit)).all()


def incident(session: Session, number: int) -> Incident | None:
    """A public incident by number; None for a private one."""
    return session.exec(select(Incident).where(_PUBLIC, Incident.id == number)).first()


def open_by_severity(session: Session) -> dict[str, int]:
    """How many public incidents are open, by severity, without drills."""
    query = (
        select(Incident.severity, sa.func.count())
        .where(_PUBLIC, col(Incident.is_drill).is_(False), col(Incident.status).in_(ACTIVE))
        .group_by(Incident.severity)
    )
    return dict(session.exec(query).all())
