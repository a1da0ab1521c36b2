"""Pauses: no scheduled updates are sent while an incident's updates are paused; the reason is on record."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Row, partial_index, utc_column
from bot.updates.tables import CHANGE, CLOCK, PAUSED, WAITING, Promise

# A pause holds back what comes by itself; what a person or a step has sent goes out.
HELD_BACK = (CLOCK, CHANGE)


class Pause(Row, table=True):
    """One pause: its start and end, who set it, and why."""

    __tablename__ = "update_pauses"
    __table_args__ = (partial_index("ux_update_pauses_open", "incident_id", where="ended_at IS NULL", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    reason: str
    by: str
    since: datetime = Field(sa_column=utc_column(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=utc_column())
    ended_by: str | None = None


_CURRENT = select(Pause).where(Pause.incident_id == sa.bindparam("of_incident"), col(Pause.ended_at).is_(None))


def current(session: Session, incident_id: int) -> Pause | None:
    return session.exec(_CURRENT, params={"of_incident": incident_id}).first()


def current_by_incident(session: Session) -> dict[int, Pause]:
    return {pause.incident_id: pause for pause in session.exec(select(Pause).where(col(Pause.ended_at).is_(None)))}


def start_pause(session: Session, incident_id: int, reason: str, by: str, now: datetime) -> None:
    """Start a pause and hold back the promises that come by themselves."""
    session.add(Pause(incident_id=incident_id, reason=reason, by=by, since=now))
    session.connection().execute(
        sa.update(Promise)
        .where(
            col(Promise.incident_id) == incident_id,
            col(Promise.state) == WAITING,
            col(Promise.occasion).in_(HELD_BACK),
        )
        .values(state=PAUSED, escalate_at=None)
    )
    session.flush()


def end_pause(session: Session, incident_id: int, by: str | None, now: datetime) -> Sequence[Promise]:
    """End the current pause; return the promises it held back, which are waiting again."""
    pause = current(session, incident_id)
    if pause is None:
        return []
    pause.ended_at, pause.ended_by = now, by
    held_back = session.exec(
        select(Promise).where(Promise.incident_id == incident_id, Promise.state == PAUSED).order_by(col(Promise.id))
    ).all()
    for promise in held_back:
        promise.state = WAITING
    return held_back
