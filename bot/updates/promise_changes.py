"""How promises of updates are numbered, moved, put off and dropped."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.updates.tables import DROPPED, MOVED, PAUSED, SENDING, WAITING, Choice, Promise

_LAST_NUMBERS = (
    sa.select(col(Promise.audience), sa.func.max(Promise.number))
    .where(col(Promise.incident_id) == sa.bindparam("of_incident"))
    .group_by(col(Promise.audience))
)


def number(session: Session, promises: Sequence[Promise]) -> None:
    """They are the next ones of their incident, each of its audience."""
    session.flush()
    numbers = Counter[str]()
    for audience, last in session.connection().execute(_LAST_NUMBERS, {"of_incident": promises[0].incident_id}):
        numbers[audience] = last
    for promise in promises:
        numbers[promise.audience] += 1
        promise.number = numbers[promise.audience]


def move(session: Session, promise: Promise, due_at: datetime, late_after: timedelta) -> None:
    """It is due at another minute, and missed so long after that."""
    promise.due_at, promise.escalate_at = due_at, due_at + late_after
    session.add(promise)


def drop_all(session: Session, incident_id: int, but: str = "") -> None:
    """No more updates by the clock: the incident is over. What is to be sent on the occasion `but` stays."""
    theirs = [col(Promise.incident_id) == incident_id, col(Promise.state).in_((WAITING, PAUSED))]
    if but:
        theirs.append(~col(Promise.occasion).startswith(f"{but}:", autoescape=True))
    session.connection().execute(
        sa.update(Promise).where(*theirs).values(state=DROPPED, escalate_at=None),
        execution_options={"synchronize_session": False},
    )


def drop_on_their_way(session: Session, incident_id: int, informed: Collection[str]) -> None:
    """What is on its way to others than these audiences is not to be kept any more."""
    theirs = (col(Promise.incident_id) == incident_id, col(Promise.state) == SENDING)
    others = sa.update(Promise).where(*theirs, col(Promise.audience).not_in(list(informed)))
    session.connection().execute(others.values(state=DROPPED, escalate_at=None))


def drop_promise(session: Session, promise: Promise) -> None:
    """This one is not to be kept: another takes its place, or nobody is left to tell."""
    if promise.state in (WAITING, PAUSED):
        promise.state, promise.escalate_at = DROPPED, None
        session.add(promise)


def postpone(session: Session, promise: Promise, due_at: datetime, reason: str, by: str, now: datetime) -> Promise:
    """The promise that takes the place of one that somebody puts off; it is still to be made."""
    promise.state, promise.escalate_at = MOVED, None
    promise.next_due_at, promise.moved_why, promise.chosen_by = due_at, reason, by
    session.add(promise)
    return Promise(
        incident_id=promise.incident_id,
        audience=promise.audience,
        due_at=due_at,
        promised_at=now,
        cadence_s=promise.cadence_s,
        paced_by=promise.paced_by,
        occasion=promise.occasion,
        requested_by=promise.requested_by,
        text=promise.text,
        choice=promise.choice if promise.choice == Choice.EDITED else Choice.NONE,
    )
