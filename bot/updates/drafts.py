"""Drafts: updates that are due soon, as shown to deciders. One draft may hold several updates."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Numbered, insert, utc_column
from bot.updates.tables import WAITING, Promise

# Drafts due to be shown within this time are shown with the first; they follow the incident until then.
TOGETHER = timedelta(minutes=10)


class Draft(Numbered, table=True):
    """Updates of one incident that are shown together, to one person or (without one) in the incident's channel."""

    __tablename__ = "drafts"

    incident_id: int = Field(foreign_key="incidents.id", index=True)
    shown_at: datetime = Field(sa_column=utc_column(nullable=False))
    # The current recipients; others may have seen it before.
    user_ids: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))


def incidents_with_due(session: Session, now: datetime) -> Sequence[int]:
    """The incidents with a draft to be shown now."""
    return session.exec(select(Promise.incident_id).where(*_is_due(now)).distinct().limit(200)).all()


def due(session: Session, incident_id: int, now: datetime) -> Sequence[Promise]:
    """The updates whose draft is to be shown now; one that is already being sent automatically needs none."""
    query = select(Promise).where(Promise.incident_id == incident_id, *_is_due(now, TOGETHER))
    return session.exec(query.order_by(col(Promise.due_at), col(Promise.id))).all()


def _is_due(now: datetime, ahead: timedelta = timedelta()) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Promise.state) == WAITING,
        col(Promise.draft_id).is_(None),
        col(Promise.draft_at) <= now + ahead,
        sa.or_(col(Promise.due_at) > now, col(Promise.needs_approval)),
    )


def add_draft(
    session: Session, incident_id: int, promises: Sequence[Promise], user_ids: Sequence[str], now: datetime
) -> Draft:
    """Create a draft of these promises for these users, or for the incident's channel if there are none."""
    draft = Draft(incident_id=incident_id, shown_at=now, user_ids=list(user_ids))
    insert(session, draft)
    for promise in promises:
        promise.draft_id = draft.id
    return draft


def get(session: Session, draft_id: int) -> Draft:
    """The draft with that id, which must exist."""
    return session.get_one(Draft, draft_id)


def open_of(session: Session, incident_id: int) -> Sequence[Draft]:
    """The drafts of an incident with something left to decide."""
    waiting_draft_ids = select(Promise.draft_id).where(Promise.incident_id == incident_id, Promise.state == WAITING)
    return session.exec(select(Draft).where(col(Draft.id).in_(waiting_draft_ids)).order_by(col(Draft.id))).all()


def promises_of(session: Session, draft_id: int) -> Sequence[Promise]:
    """The promises that a draft shows, in the order of their due times."""
    return session.exec(
        select(Promise).where(Promise.draft_id == draft_id).order_by(col(Promise.due_at), col(Promise.id))
    ).all()
