"""The members of incidents' channels, as far as we know."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Row, insert_all_new, utc_column


class Participant(Row, table=True):
    """A member of an incident's channel."""

    __tablename__ = "participants"

    incident_id: int = Field(foreign_key="incidents.id", primary_key=True)
    user_id: str = Field(primary_key=True)
    joined_at: datetime = Field(sa_column=utc_column(nullable=False))


def takes_part(session: Session, incident_id: int, user_id: str) -> bool:
    """True if the person is in the incident's channel, as far as we know."""
    return session.get(Participant, (incident_id, user_id)) is not None


def of_incident(session: Session, incident_id: int) -> list[str]:
    """The ids of the people in the incident's channel, as far as we know."""
    query = select(Participant.user_id).where(Participant.incident_id == incident_id)
    return list(session.exec(query.order_by(Participant.user_id)).all())


def join(session: Session, incident_id: int, user_ids: Sequence[str], now: datetime) -> None:
    """Record that people are in the incident's channel."""
    rows = [Participant(incident_id=incident_id, user_id=user_id, joined_at=now) for user_id in user_ids]
    insert_all_new(session, rows)


def replace(session: Session, incident_id: int, user_ids: Sequence[str], now: datetime) -> None:
    """Record that exactly these people are in the incident's channel."""
    delete_others = sa.delete(Participant).where(
        col(Participant.incident_id) == incident_id, col(Participant.user_id).not_in(user_ids)
    )
    session.connection().execute(delete_others)
    join(session, incident_id, user_ids, now)


def leave(session: Session, incident_id: int, user_id: str) -> None:
    """Record that a person left the incident's channel."""
    row = session.get(Participant, (incident_id, user_id))
    if row:
        session.delete(row)
