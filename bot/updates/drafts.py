"""Drafts: updates that are due soon, shown to deciders in messages that follow the incident until they are sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot import outbox
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Numbered, insert, utc_column
from bot.updates.tables import PAUSED, WAITING, Promise

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


def add_messages(session: Session, draft: Draft, now: datetime) -> None:
    for user_id in draft.user_ids or [""]:
        outbox.add(session, kinds.DRAFT, draft.incident_id, now, _subject(draft, user_id), follows_incident=True)


def update_recipients(session: Session, draft: Draft, now: datetime) -> None:
    """Send the draft to new recipients, and re-render every existing copy."""
    outbox.mark_stale_subject(session, draft.incident_id, (kinds.DRAFT,), str(draft.number))
    for user_id in draft.user_ids or [""]:
        if outbox.find(session, draft.incident_id, kinds.DRAFT, _subject(draft, user_id)) is None:
            outbox.add(
                session, kinds.DRAFT, draft.incident_id, now, _subject(draft, user_id), follows_incident=True
            )


def is_for(display: OutboxRow, draft: Draft) -> bool:
    """True if the draft is decided with this copy; False if it was passed on."""
    return display.subject.partition(":")[2] in (draft.user_ids or [""])


def _subject(draft: Draft, user_id: str) -> str:
    return f"{draft.id}:{user_id}"


def draft_of(display: OutboxRow) -> int:
    return int(display.subject.partition(":")[0])


def recipient_of(display: OutboxRow, channel_id: str) -> str:
    """The user this copy is for, or the incident's channel."""
    return display.subject.partition(":")[2] or channel_id


def mark_stale(session: Session, promise: Promise) -> None:
    """Mark the draft that shows an update for re-rendering, because the update changed."""
    if promise.draft_id is None:
        return
    # The subject of each copy holds the draft's id and the recipient's.
    outbox.mark_stale_subject(session, promise.incident_id, (kinds.DRAFT,), str(promise.draft_id))
    shown_promises = promises_of(session, promise.draft_id)
    if not any(other.state in (WAITING, PAUSED) for other in shown_promises):
        outbox.stop_following(session, promise.incident_id, kinds.DRAFT, str(promise.draft_id))


def mark_all_stale(session: Session, incident_id: int) -> None:
    """Mark every draft of the incident for re-rendering."""
    outbox.mark_stale(session, incident_id, (kinds.DRAFT,))
