"""Guides that were missing when an incident of many cases was closed, until they are published; their queries."""

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
    """A guide that is missing, its draft, its versions."""

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
    """A guide is missing; False when that was known."""
    return insert_new(session, gap)


def locked(session: Session, number: int) -> KnowledgeGap:
    """The guide, kept from being changed by others; `NoSuchGap`."""
    gap = session.exec(select(KnowledgeGap).where(KnowledgeGap.id == number).with_for_update()).first()
    if gap is None:
        raise NoSuchGap()
    return gap


def of_incident(session: Session, number: int) -> KnowledgeGap | None:
    """The guide that was missing when an incident was closed."""
    return session.exec(select(KnowledgeGap).where(KnowledgeGap.incident_id == number)).first()


def published(session: Session) -> Sequence[KnowledgeGap]:
    """The guides that were published here."""
    return session.exec(
        select(KnowledgeGap).where(KnowledgeGap.state == PUBLISHED).order_by(col(KnowledgeGap.id))
    ).all()


def counts(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """How many were noted in a time, and how many of those are published; of incidents that reports count."""
    within = (col(KnowledgeGap.noted_at) >= start, col(KnowledgeGap.noted_at) < end)
    noted = select(KnowledgeGap.state).join(Incident, col(Incident.id) == col(KnowledgeGap.incident_id))
    states = session.exec(noted.where(*within, incidents.is_counted())).all()
    return len(states), sum(state == PUBLISHED for state in states)
