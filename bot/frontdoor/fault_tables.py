"""Routing faults that a team is asked to look at; every query on them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.frontdoor.fault_rules import State
from bot.runtime.database import Numbered, due_rows, next_due, partial_index, utc_column


class NoSuchFault(WatchfloorError):
    """There is no such routing fault, or you may not see it. `/incident routing` in an incident's channel reports
    one."""


class RoutingFault(Numbered, table=True):
    """A routing fault that a team is asked to look at, and what it answered."""

    __tablename__ = "routing_faults"
    __table_args__ = (partial_index("ix_routing_faults_due", "due_at", where="due_at IS NOT NULL"),)

    incident_id: int = Field(foreign_key="incidents.id", index=True)
    wrong: str
    examples: str = ""
    since: datetime = Field(sa_column=utc_column(nullable=False))
    workaround: str = ""
    asked_by: str
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))
    owner_id: str | None = None
    answer_by: datetime = Field(sa_column=utc_column(nullable=False))
    # When others are told that the answer is overdue.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    escalations: int = 0
    state: str = State.OPEN
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())


def get(session: Session, fault_id: int) -> RoutingFault:
    """The fault with that id. Raises `NoSuchFault`."""
    return require(session.get(RoutingFault, fault_id, populate_existing=True), NoSuchFault)


def of_incident(session: Session, incident_id: int) -> Sequence[RoutingFault]:
    """Every fault of an incident, in order."""
    return session.exec(
        select(RoutingFault).where(RoutingFault.incident_id == incident_id).order_by(col(RoutingFault.id))
    ).all()


def open_faults(session: Session, incident_id: int) -> list[RoutingFault]:
    """An incident's faults that still await an answer, in order."""
    return [fault for fault in of_incident(session, incident_id) if fault.state == State.OPEN]


def due(session: Session, now: datetime) -> Sequence[RoutingFault]:
    """Faults that have not been answered in time."""
    return due_rows(session, RoutingFault, col(RoutingFault.due_at), now)


# When an answer is due next.
NEXT_DUE = next_due(col(RoutingFault.due_at))
