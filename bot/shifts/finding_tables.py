"""Times at which a roster leaves something open: when each was found, who was told, who took it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, partial_index, utc_column


class State(StrEnum):
    """Where it stands."""

    OPEN = "open"
    FILLED = "filled"  # somebody took it
    SOLVED = "solved"  # the roster or an absence was changed, so that it is open no more
    PASSED = "passed"  # it came and went uncovered


class NoSuchFinding(WatchfloorError):
    """That is no longer in the roster. `/incident oncall gaps` shows what is open."""

    es = "Eso ya no está en el cuadrante. `/incident oncall gaps` muestra lo que falta por cubrir."


class OpenTime(Numbered, table=True):
    """A gap, lone cover, overlap, or fewer people than the load needs. It ends later when more of it comes into
    sight."""

    __tablename__ = "open_times"
    __table_args__ = (
        partial_index("ix_open_times_escalate", "escalate_at", where="escalate_at IS NOT NULL"),
        partial_index("ix_open_times_open", "starts_at", where="state = 'open'"),
        sa.Index("ix_open_times_found", "found_at"),
    )

    problem: str
    role: str
    region: str = ""
    site: str = ""
    needed: int = 1
    # Who is on all the same; of an overlap, who is on twice.
    people: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    # What the load is that needs more people; see `Basis`.
    basis: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON))
    starts_at: datetime = Field(sa_column=utc_column(nullable=False))
    ends_at: datetime = Field(sa_column=utc_column(nullable=False))
    state: str = State.OPEN
    found_at: datetime = Field(sa_column=utc_column(nullable=False))
    told: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    # While it is set, somebody else is told at that time.
    escalate_at: datetime | None = Field(default=None, sa_column=utc_column())
    escalated_at: datetime | None = Field(default=None, sa_column=utc_column())
    settled_at: datetime | None = Field(default=None, sa_column=utc_column())
    filled_by: str | None = None
    # What the managers answered to the question for more people.
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def missing(self) -> int:
        """How many more people are needed."""
        return max(0, self.needed - len(self.people))

    @property
    def is_open(self) -> bool:
        """Is it still to be seen to?"""
        return self.state == State.OPEN

    def settle(self, state: State, now: datetime, by: str | None = None) -> None:
        """Nobody need be told of it any more."""
        self.state, self.settled_at, self.filled_by, self.escalate_at = state, now, by, None


def get(session: Session, number: int) -> OpenTime:
    """The one of that number, kept from being changed by others; `NoSuchFinding` when there is none."""
    query = select(OpenTime).where(OpenTime.id == number).with_for_update()
    open_time = session.exec(query.execution_options(populate_existing=True)).first()
    if open_time is None:
        raise NoSuchFinding()
    return open_time


def all_open(session: Session) -> Sequence[OpenTime]:
    """Everything that is to be seen to, by when it begins."""
    is_open = select(OpenTime).where(OpenTime.state == State.OPEN)
    return session.exec(is_open.order_by(col(OpenTime.starts_at), col(OpenTime.id))).all()


def due(session: Session, now: datetime) -> Sequence[OpenTime]:
    """What is open so near to its beginning that others are told."""
    return session.exec(select(OpenTime).where(col(OpenTime.escalate_at) <= now).order_by(col(OpenTime.id))).all()


NEXT_ESCALATION: sa.Select[Any] = sa.select(sa.func.min(col(OpenTime.escalate_at)))


def look_up(session: Session, number: int) -> OpenTime:
    """The one of that number, to read; `NoSuchFinding` when there is none."""
    open_time = session.get(OpenTime, number)
    if open_time is None:
        raise NoSuchFinding()
    return open_time


def gaps_late(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """How many gaps began in a time, and how many of them were filled only after others were told, or never."""
    began = (OpenTime.problem == "gap", col(OpenTime.starts_at) >= start, col(OpenTime.starts_at) < end)
    gaps = session.exec(select(OpenTime).where(*began)).all()
    return len(gaps), sum(gap.escalated_at is not None or gap.state == State.PASSED for gap in gaps)
