"""Guides found missing when an incident with cases was closed, until they are published; their queries."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.tables import Incident
from bot.runtime.database import Numbered, Row, insert_new, upsert, utc_column

MISSING, IN_REVIEW, PUBLISHED = "missing", "in review", "published"


class NoSuchDraft(WatchfloorError):
    """I do not know this guide any more."""

    es = "Ya no conozco esa guía."


class GuideDraft(Numbered, table=True):
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


class PublishedGuide(Row, table=True):
    """The version of a guide that is in use, whatever becomes of the draft of the next one."""

    __tablename__ = "published_guides"

    gap_id: int = Field(foreign_key="knowledge_gaps.id", primary_key=True)
    title: str
    text: str


def note(session: Session, draft: GuideDraft) -> bool:
    """Record a missing guide; False if it was already recorded."""
    return insert_new(session, draft)


def locked(session: Session, number: int) -> GuideDraft:
    """Return the guide, locked until the transaction ends. Raises `NoSuchDraft`, also once it is withdrawn."""
    return get(session, number, is_locked=True)


def get(session: Session, number: int, *, is_locked: bool = False) -> GuideDraft:
    """Return the guide. Raises `NoSuchDraft`, also once it is withdrawn."""
    draft = session.get(GuideDraft, number, with_for_update=is_locked)
    if draft is None or draft.owner_id is None:
        raise NoSuchDraft()
    return draft


def of_incident(session: Session, number: int) -> GuideDraft | None:
    """The guide found missing when an incident was closed."""
    return session.exec(select(GuideDraft).where(GuideDraft.incident_id == number)).first()


def publish(session: Session, draft: GuideDraft) -> None:
    """Put the draft into use, in place of the version before."""
    upsert(session, PublishedGuide(gap_id=draft.number, title=draft.title, text=draft.text))


def withdraw(session: Session, draft: GuideDraft) -> None:
    """Take the published version out of use, if there is one."""
    session.connection().execute(sa.delete(PublishedGuide).where(col(PublishedGuide.gap_id) == draft.number))


def published(session: Session) -> Sequence[PublishedGuide]:
    """The guides published here."""
    return session.exec(select(PublishedGuide).order_by(col(PublishedGuide.gap_id))).all()


def counts(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """How many guides were found missing in a period, and how many of them are published.

    Only those of incidents that reports count.
    """
    is_in_period = (col(GuideDraft.noted_at) >= start, col(GuideDraft.noted_at) < end)
    times_query = select(GuideDraft.published_at).join(Incident, col(Incident.id) == col(GuideDraft.incident_id))
    times = session.exec(times_query.where(*is_in_period, incidents.is_counted())).all()
    return len(times), sum(published_at is not None for published_at in times)
