"""Numbering, moving, postponing and dropping promised updates."""

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
    """Assign each promise of an incident the next number of its audience."""
    session.flush()
    numbers = Counter[str]()
    for audience, last_number in session.connection().execute(
        _LAST_NUMBERS, {"of_incident": promises[0].incident_id}
    ):
        numbers[audience] = last_number
    for promise in promises:
        numbers[promise.audience] += 1
        promise.number = numbers[promise.audience]


def move(session: Session, promise: Promise, due_at: datetime, late_after: timedelta) -> None:
    """Set the due time, and the time `late_after` it at which the promise counts as missed unless it is paused."""
    promise.due_at = due_at
    promise.escalate_at = None if promise.state == PAUSED else due_at + late_after
    session.add(promise)


def drop_all(session: Session, incident_id: int, reason: str, kept_occasion: str = "") -> None:
    """Drop the incident's waiting promises; those of the occasion `kept_occasion` stay."""
    conditions = [col(Promise.incident_id) == incident_id, col(Promise.state).in_((WAITING, PAUSED))]
    if kept_occasion:
        conditions.append(~col(Promise.occasion).startswith(f"{kept_occasion}:", autoescape=True))
    session.connection().execute(
        sa.update(Promise).where(*conditions).values(state=DROPPED, escalate_at=None, moved_why=reason),
        execution_options={"synchronize_session": False},
    )


def drop_on_their_way(session: Session, incident_id: int, informed: Collection[str], reason: str) -> None:
    """Drop updates on their way to audiences other than `informed`."""
    conditions = (col(Promise.incident_id) == incident_id, col(Promise.state) == SENDING)
    statement = sa.update(Promise).where(*conditions, col(Promise.audience).not_in(list(informed)))
    session.connection().execute(statement.values(state=DROPPED, escalate_at=None, moved_why=reason))


def drop_promise(promise: Promise, reason: str) -> None:
    """Drop a promise, with the reason that people read."""
    if promise.state in (WAITING, PAUSED):
        promise.state, promise.escalate_at, promise.moved_why = DROPPED, None, reason


def postpone(promise: Promise, due_at: datetime, reason: str, by: str, now: datetime) -> Promise:
    """Mark a promise as postponed and return its replacement, which is still to be added."""
    new_promise = replacement(promise, due_at, now)
    promise.state, promise.escalate_at = MOVED, None
    promise.next_due_at, promise.moved_why, promise.chosen_by = due_at, reason, by
    return new_promise


def replacement(promise: Promise, due_at: datetime, now: datetime) -> Promise:
    """A promise for another time, still to be added; a text that a person wrote stays, and with it its approval."""
    is_edited = promise.choice == Choice.EDITED
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
        choice=Choice.EDITED if is_edited else Choice.NONE,
        chosen_by=promise.chosen_by if is_edited else None,
        approved_by=promise.approved_by if is_edited else None,
        approved_at=promise.approved_at if is_edited else None,
    )
