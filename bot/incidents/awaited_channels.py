"""Incidents whose channel is yet to be opened."""

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.timeline.tables import TimelineEntry

# The source of the timeline entry of an incident for which Slack refused a channel: it waits for none any more.
NO_CHANNEL = "no channel"
WAITS_FOR_CHANNEL = sa.and_(
    col(Incident.channel_id).is_(None),
    col(Incident.status).in_(OPEN),
    ~sa.exists().where(
        col(TimelineEntry.incident_id) == col(Incident.id), col(TimelineEntry.source_key) == NO_CHANNEL
    ),
)
_WAITING_BEFORE = (
    sa.select(sa.func.count())
    .select_from(Incident)
    .where(
        WAITS_FOR_CHANNEL,
        col(Incident.declared_by) == sa.bindparam("declarer"),
        col(Incident.id) < sa.bindparam("number"),
    )
)


def count_before(session: Session, declared_by: str, before: int) -> int:
    """The number of a person's open incidents, declared before that one, that have no channel yet."""
    parameters = {"declarer": declared_by, "number": before}
    return int(session.connection().execute(_WAITING_BEFORE, parameters).scalar_one())
