"""Which of the updates to one audience goes before which, and what is not sent any more because a later one is."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.outbox.kinds import UPDATE
from bot.outbox.tables import OutboxRow
from bot.updates import deliveries
from bot.updates.tables import DROPPED, SENDING, SENT, Promise

_sent = sa.alias(Promise.__table__)  # type: ignore[attr-defined]  # SQLModel's tables are known at run time only

# Asked for every update: put together once.
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
# By time: what a step or a command sends has a later number than the promise that waits.
_SENT_SINCE = (
    sa.select(_sent.c.id)
    .where(
        _sent.c.incident_id == Promise.incident_id,
        _sent.c.audience == Promise.audience,
        _sent.c.state == SENT,
        _sent.c.composed_at > Promise.begun_at,
    )
    .exists()
)
_SUPERSEDED = (
    select(Promise.due_at)
    .where(
        *_BY_CLOCK,
        Promise.state == DROPPED,
        col(Promise.begun_at).is_not(None),
        ~_SENT_SINCE,
    )
    .order_by(col(Promise.number))
    .limit(1)
)


def has_another_on_its_way(session: Session, promise: Promise, due_after: datetime) -> bool:
    """Is another update to the same audience, due after that moment, still on its way?"""
    return session.exec(_ON_ITS_WAY, params=_parameters(promise) | {"due_after": due_after}).first() is not None


def supersede(session: Session, promise: Promise, due_before: datetime) -> datetime | None:
    """What was due by the clock long ago and reached nobody is not sent after all: `promise` says what is so now.

    Gives back when the first update that was missed by that was due.
    """
    for superseded in session.exec(_UNSENT, params=_parameters(promise) | {"due_before": due_before}):
        superseded.state, superseded.escalate_at = DROPPED, None
        session.add(superseded)
        deliveries.drop(session, superseded)
    # What was begun and dropped was about to be sent when it was overtaken; what was sent since made up for it.
    return session.exec(_SUPERSEDED, params=_parameters(promise)).first()


def _parameters(promise: Promise) -> dict[str, int | str]:
    return {
        "of_incident": promise.incident_id,
        "to_audience": promise.audience,
        "before_number": promise.number,
    }
