"""The timeline: one row per event, ordered by time and then by number."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, utc_column

MESSAGE = "message"


class NoSuchEntry(WatchfloorError):
    """There is no entry {number} in this incident's timeline. `/incident timeline` shows every entry's number."""


def _json() -> Any:
    return sa.Column(sa.JSON(none_as_null=True), nullable=True)


class TimelineEntry(Numbered, table=True):
    """An event: what happened (`kind`), when, who did it, and its facts. Its number is its id."""

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
    # The source of the entry, such as a message; it makes a second delivery idempotent.
    source_key: str | None = None
    # The versions, marks and deletion behind a message's entry, as merged in `observed_message.py`.
    heard: dict[str, Any] | None = Field(default=None, sa_column=_json())
    is_marked: bool = False
    # The label people gave the entry: a decision, a hypothesis ruled out …
    label: str | None = None
    # False while only a mark on the message is known, and when a user hid the entry.
    is_shown: bool = True
    # Set when a user corrected the entry: `words` in place of the sentence, `was_at`, `by`, `reason`, `on`.
    correction: dict[str, Any] | None = Field(default=None, sa_column=_json())
    # Set when a user hid the entry: `by`, `reason`, `on`.
    hiding: dict[str, Any] | None = Field(default=None, sa_column=_json())
