"""Guides found missing when an incident with cases was closed, until they are published; their queries."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.tables import Incident
from bot.runtime.database import Numbered, insert_new, utc_column

MISSING, IN_REVIEW, PUBLISHED = "missing", "in review", "published"


class NoSuchGap(WatchfloorError):
    """I do not know this guide any more."""

    es = "Ya no conozco esa guía."


class KnowledgeGap(Numbered, table=True):
    """A missing guide, with its draft and version."""

    __tablename__ = "knowledge_gaps"

    incident_id: int = Field(foreign_key="incidents.id", unique=True)
    title: str
    text: str
    state: str = MISSING
    owner_id: str | None = None
    reviewer_id: str | None = None
    version: int = 0
    noted_at: datetime = Field(sa_column=utc_column(nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=utc_column())


def note(session: Session, gap: KnowledgeGap) -> bool:
    """Record a missing guide; False if it was already recorded."""
    return insert_new(session, gap)


def locked(session: Session, number: int) -> KnowledgeGap:
    """Return the guide, locked until the transaction ends. Raises `NoSuchGap`."""
    gap = session.exec(select(KnowledgeGap).where(KnowledgeGap.id == number).with_for_update()).first()
    if gap is None:
        raise NoSuchGap()
    return gap


def of_incident(session: Session, number: int) -> KnowledgeGap | None:
    """The guide found missing when an incident was closed."""
    return session.exec(select(KnowledgeGap).where(KnowledgeGap.incident_id == number)).first()


def published(session: Session) -> Sequence[KnowledgeGap]:
    """The guides published here."""
    return session.exec(
        select(KnowledgeGap).where(KnowledgeGap.state == PUBLISHED).order_by(col(KnowledgeGap.id))
    ).all()


def counts(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """How many gaps were noted in a period, and how many are published; only of incidents counted in reports."""
    is_in_period = (col(KnowledgeGap.noted_at) >= start, col(KnowledgeGap.noted_at) < end)
    states_query = select(KnowledgeGap.state).join(Incident, col(Incident.id) == col(KnowledgeGap.incident_id))
    states = session.exec(states_query.where(*is_in_period, incidents.is_counted())).all()
    return len(states), sum(state == PUBLISHED for state in states)
