"""Queues' alert states and the sentences about figures, by incident; every query on them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.incidents.tables import Incident
from bot.runtime.database import Row, utc_column


class QueueWatch(Row, table=True):
    """A queue's alert state in an incident, and the last interval with a known level, which is evaluated again.

    `low_in_a_row` counts the intervals below the critical line before that one, which starts at `watched_until`.
    """

    __tablename__ = "figure_watches"

    incident_id: int = Field(foreign_key="incidents.id", primary_key=True)
    queue_id: int = Field(foreign_key="figure_queues.id", primary_key=True)
    alert: str = ""
    low_in_a_row: int = 0
    watched_until: int = Field(default=0, sa_column=sa.Column(sa.BigInteger(), nullable=False))


class Summary(Row, table=True):
    """What the card and the updates say about an incident's figures, composed when they change."""

    __tablename__ = "figure_summaries"

    incident_id: int = Field(foreign_key="incidents.id", primary_key=True)
    line: str = ""
    # By language, then by place: the card's line, the updates to executives and to operations.
    sentences: dict[str, dict[str, str]] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    at: datetime = Field(sa_column=utc_column(nullable=False))


def watches(session: Session, incident_id: int) -> dict[int, QueueWatch]:
    """The alert states of an incident's queues, by queue."""
    rows = session.exec(select(QueueWatch).where(QueueWatch.incident_id == incident_id))
    return {watch.queue_id: watch for watch in rows}


def delete_summary(session: Session, incident_id: int) -> None:
    """Say nothing about figures on the card and in the updates any more."""
    session.connection().execute(sa.delete(Summary).where(col(Summary.incident_id) == incident_id))


_SUMMARY = select(Summary).where(Summary.incident_id == sa.bindparam("of_incident"))


def summary(session: Session, incident_id: int) -> Summary | None:
    """What the card and the updates say about an incident's figures; None without figures."""
    return session.exec(_SUMMARY, params={"of_incident": incident_id}).first()


def has_figures(session: Session, incident: Incident) -> bool:
    """Whether an incident has figures that the card and the updates can show."""
    return summary(session, incident.number) is not None
