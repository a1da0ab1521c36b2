"""Handovers: from whom, to whom, what, and their state; and every query on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.handovers.rules import Kind, State
from bot.runtime.database import Numbered, due_rows, next_due, partial_index, utc_column


class NoSuchHandover(WatchfloorError):
    """That handover no longer exists. `/incident handover` in the incident's channel starts one."""


class Handover(Numbered, table=True):
    """One handover. `item` names what is handed over: the role, or the key of a shift's item."""

    __tablename__ = "handovers"
    __table_args__ = (
        partial_index(
            "ux_handovers_pending",
            "incident_id",
            "kind",
            where="state = 'pending' AND kind <> 'shift'",
            unique=True,
        ),
        partial_index("ix_handovers_due", "due_at", where="due_at IS NOT NULL"),
        partial_index("ux_handovers_item", "item", where="state = 'pending' AND kind = 'shift'", unique=True),
    )

    kind: str
    # None for items without an incident, such as a watch item.
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    item: str = ""
    from_id: str
    to_id: str
    state: str = State.PENDING
    # As shown to the outgoing person, and that person's addition.
    summary: str = ""
    note: str = ""
    question: str = ""
    offered_at: datetime = Field(sa_column=utc_column(nullable=False))
    # When the recipient is reminded, or others are told.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    reminded_at: datetime | None = Field(default=None, sa_column=utc_column())
    escalated_at: datetime | None = Field(default=None, sa_column=utc_column())
    decided_at: datetime | None = Field(default=None, sa_column=utc_column())
    # For a shift's item: the shift handover, the content as it was read, and its hash, to detect changes.
    shift_id: int | None = Field(default=None, foreign_key="shift_handovers.id", index=True)
    content: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True)))
    fingerprint: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether an answer is awaited."""
        return self.state == State.PENDING

    def decide(self, state: State, now: datetime) -> None:
        """Record the decision; nothing is due any more."""
        self.state, self.decided_at, self.due_at = state, now, None


def get(session: Session, handover_id: int) -> Handover:
    """Return the handover with that id. Raises `NoSuchHandover`."""
    return require(session.get(Handover, handover_id, populate_existing=True), NoSuchHandover)


def locked(session: Session, handover_id: int) -> Handover:
    """Likewise, with the row locked until the end of the transaction."""
    return require(session.get(Handover, handover_id, populate_existing=True, with_for_update=True), NoSuchHandover)


def pending(session: Session, incident_id: int, kind: str) -> Handover | None:
    return session.exec(
        select(Handover)
        .where(Handover.incident_id == incident_id, Handover.kind == kind, Handover.state == State.PENDING)
        .execution_options(populate_existing=True)
    ).first()


def offered_to(session: Session, user_id: str) -> Sequence[Handover]:
    """The pending offers of command to a person."""
    is_offer = (Handover.to_id == user_id, Handover.kind == Kind.COMMAND, Handover.state == State.PENDING)
    return session.exec(select(Handover).where(*is_offer).order_by(col(Handover.id))).all()


def last(session: Session, incident_id: int, kind: str) -> Handover | None:
    query = select(Handover).where(Handover.incident_id == incident_id, Handover.kind == kind)
    return session.exec(query.order_by(col(Handover.id).desc()).limit(1)).first()


def of_incident(session: Session, incident_id: int) -> Sequence[Handover]:
    return session.exec(
        select(Handover).where(Handover.incident_id == incident_id).order_by(col(Handover.id))
    ).all()


def due(session: Session, now: datetime) -> Sequence[Handover]:
    """Handovers whose reminder or escalation is due, earliest first."""
    return due_rows(session, Handover, col(Handover.due_at), now)


# The earliest due time of any handover.
NEXT_DUE = next_due(col(Handover.due_at))
