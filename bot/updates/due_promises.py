"""Due promises, and the time of the next one."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.incidents.tables import Incident
from bot.runtime.database import DUE_AT_ONCE, UtcDateTime, next_due
from bot.updates.tables import WAITING, Promise


def _ready() -> sa.ColumnElement[bool]:
    return sa.and_(col(Promise.state) == WAITING, col(Promise.needs_approval).is_(False))


# Built once, because it runs every second and after every change that makes an update due.
_DUE = (
    select(Promise)
    .join(Incident, col(Incident.id) == col(Promise.incident_id))
    .where(
        _ready(),
        col(Promise.due_at) <= sa.bindparam("moment", type_=UtcDateTime()),
        col(Incident.channel_id).is_not(None),
    )
    .order_by(col(Promise.due_at), col(Promise.id))
    .limit(200)
)


def due(session: Session, now: datetime) -> Sequence[Promise]:
    """Due promises that may be sent, of incidents with a channel; earliest first."""
    return session.exec(_DUE, params={"moment": now}).all()


def missed_promises(session: Session, now: datetime) -> Sequence[Promise]:
    """Promises that were not kept in time and not yet reported."""
    return session.exec(
        select(Promise)
        .where(col(Promise.escalate_at).is_not(None), col(Promise.escalate_at) <= now)
        .order_by(col(Promise.incident_id), col(Promise.id))
        .limit(DUE_AT_ONCE)
    ).all()


# Built once, because it runs every second.
_PROMISED_AFTER = (
    sa.select(col(Promise.incident_id))
    .where(col(Promise.state) == WAITING, col(Promise.promised_at) > sa.bindparam("moment", type_=UtcDateTime()))
    .distinct()
    .limit(200)
)


def promised_after(session: Session, moment: datetime) -> list[int]:
    """Incidents with promises made after `moment`, which is only possible if the clock was set back."""
    return list(session.connection().execute(_PROMISED_AFTER, {"moment": moment}).scalars())


_DUE_WITHIN = (
    select(Promise)
    .where(
        Promise.incident_id == sa.bindparam("of_incident"),
        _ready(),
        col(Promise.due_at) < sa.bindparam("moment", type_=UtcDateTime()),
    )
    .order_by(col(Promise.id))
)


def due_within(session: Session, incident_id: int, before: datetime) -> Sequence[Promise]:
    """The incident's promises that will be sent before that time unless a user decides otherwise."""
    return session.exec(_DUE_WITHIN, params={"of_incident": incident_id, "moment": before}).all()


# The times at which the next promise of any incident is due, its draft is due, and it is reported as missed.
NEXT_UPDATE = sa.select(col(Promise.due_at)).where(_ready()).order_by(col(Promise.due_at)).limit(1)
NEXT_DRAFT = (
    sa.select(col(Promise.draft_at))
    .where(col(Promise.state) == WAITING, col(Promise.draft_id).is_(None), col(Promise.draft_at).is_not(None))
    .order_by(col(Promise.draft_at))
    .limit(1)
)
NEXT_MISSED = next_due(col(Promise.escalate_at))
