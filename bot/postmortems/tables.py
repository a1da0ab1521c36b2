"""Post-mortem drafts and their way to the commander."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.store import utc_column


class PostMortem(SQLModel, table=True):
    """A draft for one close of an incident: one that is reopened and closed again gets another."""

    __tablename__ = "postmortems"
    __table_args__ = (
        sa.Index(
            "ix_postmortems_undelivered",
            "id",
            sqlite_where=sa.text("delivered_at IS NULL"),
            postgresql_where=sa.text("delivered_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    recipient_id: str
    requested_at: datetime = Field(sa_column=utc_column(nullable=False))
    file_id: str | None = None
    channel_id: str | None = None
    # Set before the file is shared: whoever finds it must look whether it was.
    shared_at: datetime | None = Field(default=None, sa_column=utc_column())
    delivered_at: datetime | None = Field(default=None, sa_column=utc_column())
    trouble: str | None = None


def request(session: Session, incident_id: int, recipient_id: str, now: datetime) -> int:
    """A draft is to be written and delivered; gives back its id."""
    wanted = PostMortem(incident_id=incident_id, recipient_id=recipient_id, requested_at=now)
    session.add(wanted)
    session.flush()
    assert wanted.id is not None
    return wanted.id


def get(session: Session, postmortem_id: int) -> PostMortem:
    """The draft of that id, which must exist."""
    return session.exec(select(PostMortem).where(PostMortem.id == postmortem_id)).one()


def undelivered(session: Session) -> Sequence[int]:
    """Drafts that did not arrive yet."""
    rows = session.exec(
        select(PostMortem.id)
        .where(col(PostMortem.delivered_at).is_(None), col(PostMortem.trouble).is_(None))
        .limit(50)
    ).all()
    return [postmortem_id for postmortem_id in rows if postmortem_id is not None]
