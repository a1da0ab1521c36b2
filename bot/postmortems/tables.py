"""Post-mortems, and every query on them. For versions and holders see `versions.py` and `copies.py`."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.postmortems.rules import State
from bot.runtime.database import Numbered, due_rows, next_due, partial_index, utc_column


class NoSuchPostMortem(WatchfloorError):
    """There is no such post-mortem, or you may not see it. `/incident postmortem` in its channel gives you the
    newest."""


class PostMortem(Numbered, table=True):
    """The post-mortem for one close of an incident; an incident reopened and closed again gets another."""

    __tablename__ = "postmortems"
    __table_args__ = (partial_index("ix_postmortems_remind_at", "remind_at", where="remind_at IS NOT NULL"),)

    incident_id: int = Field(foreign_key="incidents.id", index=True)
    # Makes a preview idempotent, because its command may be delivered twice.
    asked_key: str | None = Field(default=None, unique=True)
    requested_at: datetime = Field(sa_column=utc_column(nullable=False))
    state: str = State.DRAFT.value
    version: int = 1
    author_id: str | None = None
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    # The author's next reminder, and the number of reminders sent since the due time.
    remind_at: datetime | None = Field(default=None, sa_column=utc_column())
    reminders: int = 0
    published_at: datetime | None = Field(default=None, sa_column=utc_column())
    published_by: str | None = None
    canvas_id: str | None = None

    @property
    def is_preview(self) -> bool:
        """True if it was requested before the close, so it need not be finished."""
        return self.state == State.PREVIEW


def set_aside(session: Session, incident_id: int) -> None:
    """Put the incident's older drafts aside and stop their reminders, after a reopening or a new close."""
    session.connection().execute(
        sa.update(PostMortem)
        .where(
            col(PostMortem.incident_id) == incident_id, col(PostMortem.state).in_((State.DRAFT, State.IN_REVIEW))
        )
        .values(state=State.PUT_ASIDE.value, remind_at=None)
    )


def release_author(session: Session, user_id: str) -> set[int]:
    """Remove a person as author of unfinished post-mortems. Return the incidents concerned."""
    update = (
        sa.update(PostMortem)
        .where(
            col(PostMortem.author_id) == user_id,
            col(PostMortem.state).in_((State.DRAFT.value, State.IN_REVIEW.value)),
        )
        .values(author_id=None)
        .returning(col(PostMortem.incident_id))
    )
    return set(session.connection().execute(update).scalars())


def get(session: Session, postmortem_id: int) -> PostMortem:
    """Return the post-mortem with that id. Raises `NoSuchPostMortem`."""
    return require(session.get(PostMortem, postmortem_id), NoSuchPostMortem)


def locked(session: Session, postmortem_id: int) -> PostMortem:
    """Return the same post-mortem, locked until the transaction ends."""
    return require(session.get(PostMortem, postmortem_id, with_for_update=True), NoSuchPostMortem)


def newest(session: Session, incident_id: int) -> PostMortem | None:
    """Return the incident's newest post-mortem that is not a preview."""
    return session.exec(
        select(PostMortem)
        .where(PostMortem.incident_id == incident_id, PostMortem.state != State.PREVIEW)
        .order_by(col(PostMortem.id).desc())
        .limit(1)
    ).first()


def due_reminders(session: Session, now: datetime) -> Sequence[int]:
    """The ids of post-mortems whose reminder is due."""
    return [postmortem.number for postmortem in due_rows(session, PostMortem, col(PostMortem.remind_at), now)]


# The time of the next reminder of any post-mortem.
NEXT_REMINDER = next_due(col(PostMortem.remind_at))
