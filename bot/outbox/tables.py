"""One row for each thing that should be in Slack, written in the transaction that makes it necessary.

`wanted` and `shown` are versions: they differ while Slack is behind, which is how the row is found.
State is never read back from Slack.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, col, select

from bot.runtime.database import Numbered, partial_index, utc_column

# The kind of a message whose text is in its payload.
MESSAGE = "message"
DRAFT = "draft"
LEASE = timedelta(seconds=60)
FIRST, URGENT, USUAL, LAST = 0, 2, 5, 8
SUPERSEDED = "superseded"
# Key in `session.info`: the incidents whose rows the worker delivers after the commit; None for other rows.
DUE = "outbox"
# Likewise: the rows of an incident that were leased in the transaction that changed them.
LEASED = "leased"
UNSETTLED = "wanted > shown AND refused IS NULL"


class OutboxRow(Numbered, table=True):
    """Something that should be in Slack: a card, a topic, a page, a message to a person …"""

    __tablename__ = "outbox"
    __table_args__ = (
        partial_index(
            "ix_outbox_rendered",
            "incident_id",
            "kind",
            "subject",
            where="is_rendered",
            on_sqlite="is_rendered = 1",
            unique=True,
        ),
        sa.Index("ix_outbox_message", "channel_id", "ts"),
        partial_index("ix_outbox_due", "priority", "retry_at", where=UNSETTLED),
        partial_index("ix_outbox_lane", "lane", where=f"lane IS NOT NULL AND {UNSETTLED}"),
        partial_index("ix_outbox_batch", "batch_id", where="batch_id IS NOT NULL"),
        partial_index("ix_outbox_batch_group", "batch_group", "attempted_at", where="batch_group IS NOT NULL"),
        # Two, because SQLite would find all rows without an incident by the first.
        partial_index("ix_outbox_incident_id", "incident_id", where="incident_id IS NOT NULL"),
        partial_index("ix_outbox_of_none", "incident_id", "kind", "subject", where="incident_id IS NULL"),
    )

    # Sent along with the message, which is found by it.
    key: str = Field(unique=True)
    kind: str
    incident_id: int | None = Field(default=None, foreign_key="incidents.id")
    subject: str = ""
    # Rendered from the incident's state, together with its other rows; otherwise the payload holds everything.
    is_rendered: bool = False
    # Marked stale by every change to the incident.
    follows_incident: bool = False
    # A channel, or a person until their conversation is known. If None, the kind determines it.
    channel_id: str | None = None
    thread_ts: str | None = None
    payload: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True)))
    # Rows of one lane are delivered in the order in which they were written.
    lane: str | None = None
    priority: int = USUAL
    # The batch that delivers this row together with others; this row is then not leased itself.
    batch_id: int | None = None
    # For a batch: which rows may become part of it.
    batch_group: str | None = None
    wanted: int = 1
    shown: int = 0
    ts: str | None = None
    # A hash of what Slack shows: showing the same again needs no call.
    content_hash: str = ""
    # Set before the first call: a row that has it but no `ts` may have arrived.
    attempted_at: datetime | None = Field(default=None, sa_column=utc_column())
    # How often it has been looked for since that attempt.
    looked: int = 0
    retry_at: datetime = Field(sa_column=utc_column(nullable=False))
    leased_until: datetime | None = Field(default=None, sa_column=utc_column())
    leased_by: str | None = None
    # Failures in a row. A wait that Slack asks for does not count.
    attempts: int = 0
    # Why it will never be in Slack.
    refused: str | None = None
    # Why it is not in Slack yet.
    error: str | None = None
    # How often people deleted it and it was reposted.
    replaced: int = 0

    @property
    def text(self) -> str:
        return str((self.payload or {}).get("text", ""))

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list((self.payload or {}).get("blocks", ()))

    @property
    def is_settled(self) -> bool:
        """True if there is nothing left to do for the row."""
        return self.shown >= self.wanted or self.refused is not None


def key_of(kind: str, incident_id: int, subject: str, replaced: int = 0) -> str:
    """The key of a rendered row; a reposted message gets another."""
    return f"{kind}:{incident_id}:{subject}:{replaced}"


def update_in_order(*conditions: Any) -> sa.Update:
    """An update that locks rows in the order of their ids, so that two updates of the same rows cannot deadlock."""
    in_order = select(OutboxRow.id).where(*conditions).order_by(col(OutboxRow.id)).with_for_update()
    return sa.update(OutboxRow).where(col(OutboxRow.id).in_(in_order)).execution_options(synchronize_session=False)


RENDER_AGAIN = {"wanted": OutboxRow.wanted + 1}
OF_INCIDENT = col(OutboxRow.incident_id) == sa.bindparam("of_incident")
