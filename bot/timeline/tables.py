"""The timeline: one row for each thing that happened, ordered by time, then by its number."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, utc_column

MESSAGE = "message"


class NoSuchEntry(WatchfloorError):
    """There is no entry {number} in this incident's timeline. `/incident timeline` shows every entry's number."""


def _json(*, nullable: bool = True) -> Any:
    return sa.Column(sa.JSON(none_as_null=True), nullable=nullable)


class TimelineEntry(Numbered, table=True):
    """Something that happened: what (`kind`), when, who did it, and the facts of it. Its number is its id."""

    __tablename__ = "timeline_entries"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "source_key"),
        sa.Index("ix_timeline_entries_order", "incident_id", "at", "id"),
        sa.Index("ix_timeline_entries_kind", "incident_id", "kind"),
    )

    incident_id: int = Field(foreign_key="incidents.id")
    at: datetime = Field(sa_column=utc_column(nullable=False))
    kind: str
    actor_id: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    message_ts: str | None = None
    # What the entry was made from, such as a message; a second delivery of it changes nothing.
    source_key: str | None = None
    # What a message's entry is made of: versions, marks, deletion, as `messages.py` joins them.
    heard: dict[str, Any] | None = Field(default=None, sa_column=_json())
    is_marked: bool = False
    # What people say an entry is: a decision, a hypothesis ruled out …
    label: str | None = None
    # False while only a mark of it was heard, and when somebody hid it.
    is_shown: bool = True
    # `words` in place of the sentence, `was_at`, `by`, `reason`, `on`: somebody corrected the entry.
    correction: dict[str, Any] | None = Field(default=None, sa_column=_json())
    # `by`, `reason`, `on`: somebody hid the entry.
    hiding: dict[str, Any] | None = Field(default=None, sa_column=_json())
