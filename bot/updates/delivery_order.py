"""The order of updates to one audience, and which are dropped because a later one supersedes them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.outbox.kinds import UPDATE
from bot.outbox.tables import OutboxRow
from bot.updates import deliveries
from bot.updates.tables import DROPPED, SENDING, SENT, Promise

_sent_promises = sa.alias(Promise.__table__)  # type: ignore[attr-defined]  # SQLModel creates `__table__` at run time

# Built once, because every update runs them.
_SAME_AUDIENCE = (
    col(Promise.incident_id) == sa.bindparam("of_incident"),
    col(Promise.audience) == sa.bindparam("to_audience"),
)
_ON_ITS_WAY = (
    select(Promise.id)
    .where(*_SAME_AUDIENCE, Promise.state == SENDING, col(Promise.due_at) > sa.bindparam("due_after"))
    .limit(1)
)
_BY_CLOCK = (*_SAME_AUDIENCE, col(Promise.number) < sa.bindparam("before_number"), Promise.occasion == "clock")
_ARRIVED = (
    select(OutboxRow.id)
    .where(
        OutboxRow.incident_id == Promise.incident_id,
        OutboxRow.kind == UPDATE,
        OutboxRow.subject == sa.cast(Promise.id, sa.Text),
        col(OutboxRow.ts).is_not(None),
    )
    .exists()
)
_UNSENT = select(Promise).where(
    *_BY_CLOCK, Promise.state == SENDING, col(Promise.due_at) < sa.bindparam("due_before"), ~_ARRIVED
)
# Compared by time: an update sent by a step or a command has a later number than the waiting promise.
_SENT_SINCE = (
    sa.select(_sent_promises.c.id)
    .where(
        _sent_promises.c.incident_id == Promise.incident_id,
        _sent_promises.c.audience == Promise.audience,
        _sent_promises.c.state == SENT,
        _sent_promises.c.composed_at > Promise.begun_at,
    )
    .exists()
)
_SUPERSEDED = (
    select(Promise.due_at)
    .where(*_BY_CLOCK, Promise.state == DROPPED, col(Promise.begun_at).is_not(None), ~_SENT_SINCE)
    .order_by(col(Promise.number))
    .limit(1)
)


def has_another_on_its_way(session: Session, promise: Promise, due_after: datetime) -> bool:
    """True if another update to the same audience, due after `due_after`, is still on its way."""
    return session.exec(_ON_ITS_WAY, params=_parameters(promise) | {"due_after": due_after}).first() is not None


def supersede(session: Session, promise: Promise, due_before: datetime) -> datetime | None:
    """Drop scheduled updates due before `due_before` that reached no channel: `promise` gives the current state.

    Return the due time of the first update missed that way.
    """
    for superseded in session.exec(_UNSENT, params=_parameters(promise) | {"due_before": due_before}):
        superseded.state, superseded.escalate_at = DROPPED, None
        deliveries.drop(session, superseded)
    # An update begun and then dropped was overtaken while being sent; any update sent since made up for it.
    return session.exec(_SUPERSEDED, params=_parameters(promise)).first()


def _parameters(promise: Promise) -> dict[str, int | str]:
    return {
        "of_incident": promise.incident_id,
        "to_audience": promise.audience,
        "before_number": promise.number,
    }
