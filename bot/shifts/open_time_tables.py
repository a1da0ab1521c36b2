"""Open times of the rosters: when each was found, who was told, who took it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.runtime.database import Numbered, next_due, partial_index, utc_column
from bot.shifts.rules import Problem


class State(StrEnum):
    """The state of an open time."""

    OPEN = "open"
    FILLED = "filled"  # a person took it
    SOLVED = "solved"  # a change of the roster or of an absence closed it
    MERGED = "merged"  # another open time includes what is left of it
    PASSED = "passed"  # it passed uncovered


# An open time that is found late is escalated at once; people told of it within this time are not told again.
TOLD_WITHIN = timedelta(minutes=15)
# What is open for longer is not taken with one press: people choose the hours.
LONGEST_WHOLE = timedelta(hours=12)


class NoSuchOpenTime(WatchfloorError):
    """That is no longer in the roster. `/incident oncall gaps` shows what is open."""

    es = "Eso ya no está en el cuadrante. `/incident oncall gaps` muestra lo que falta por cubrir."


class OpenTooLong(WatchfloorError):
    """That is open for {hours} hours, longer than a shift. Choose which hours you take: `/incident oncall gaps`."""

    es = "Eso está sin cubrir {hours} horas, más que un turno. Elige qué horas cubres: `/incident oncall gaps`."


class OpenTime(Numbered, table=True):
    """A gap, lone cover, overlap, or fewer people than the load needs. Its end moves as the look-ahead reveals more
    of it."""

    __tablename__ = "open_times"
    __table_args__ = (
        partial_index("ix_open_times_escalate", "escalate_at", where="escalate_at IS NOT NULL"),
        partial_index("ix_open_times_open", "starts_at", where="state = 'open'"),
        sa.Index("ix_open_times_found", "found_at"),
    )

    # A gap stays one when some of the people it needs are found; see `problem_now`.
    problem: str
    role: str
    region: str = ""
    site: str = ""
    needed: int = 1
    # The people who are on; for an overlap, the person who is on twice.
    people: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    # The load that needs more people; see `Basis`.
    basis: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON))
    starts_at: datetime = Field(sa_column=utc_column(nullable=False))
    ends_at: datetime = Field(sa_column=utc_column(nullable=False))
    state: str = State.OPEN
    found_at: datetime = Field(sa_column=utc_column(nullable=False))
    told: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    # When to escalate; None once that is done or not needed.
    escalate_at: datetime | None = Field(default=None, sa_column=utc_column())
    escalated_at: datetime | None = Field(default=None, sa_column=utc_column())
    settled_at: datetime | None = Field(default=None, sa_column=utc_column())
    filled_by: str | None = None
    # The managers' answer to the request for more people.
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def missing(self) -> int:
        """How many more people are needed."""
        return max(0, self.needed - len(self.people))

    @property
    def problem_now(self) -> Problem:
        """What is wrong now."""
        return Problem.SHORT if self.problem == Problem.GAP and self.people else Problem(self.problem)

    @property
    def is_open(self) -> bool:
        """True while the time is still uncovered."""
        return self.state == State.OPEN

    @property
    def was_found_late(self) -> bool:
        """Whether it was escalated when people had only just been told of it."""
        return self.escalated_at is not None and self.found_at >= self.escalated_at - TOLD_WITHIN

    def is_long(self, now: datetime) -> bool:
        """Whether what is left of it is longer than a shift."""
        return self.ends_at - max(self.starts_at, now) > LONGEST_WHOLE

    def settle(self, state: State, now: datetime, by: str | None = None) -> None:
        """Close it, so that nobody is notified of it any more."""
        self.state, self.settled_at, self.filled_by, self.escalate_at = state, now, by, None


def get(session: Session, number: int) -> OpenTime:
    """Return the open time of this number, locked until the transaction ends. Raises `NoSuchOpenTime`."""
    return require(session.get(OpenTime, number, populate_existing=True, with_for_update=True), NoSuchOpenTime)


def all_open(session: Session) -> Sequence[OpenTime]:
    """Every open time in state `OPEN`, by start."""
    query = select(OpenTime).where(OpenTime.state == State.OPEN)
    return session.exec(query.order_by(col(OpenTime.starts_at), col(OpenTime.id))).all()


def answers_merged_into(session: Session, open_time: OpenTime) -> Sequence[OpenTime]:
    """The open times with an answer that have become part of this one, by start: what was answered still stands."""
    place = (OpenTime.role == open_time.role, OpenTime.region == open_time.region, OpenTime.site == open_time.site)
    overlaps = (col(OpenTime.starts_at) < open_time.ends_at, col(OpenTime.ends_at) > open_time.starts_at)
    is_part = (OpenTime.state == State.MERGED, col(OpenTime.settled_at) >= open_time.found_at)
    query = select(OpenTime).where(*is_part, *place, *overlaps, OpenTime.answer != "")
    return session.exec(query.order_by(col(OpenTime.starts_at), col(OpenTime.id))).all()


def due(session: Session, now: datetime) -> Sequence[OpenTime]:
    """The open times that are due for escalation because they start soon."""
    return session.exec(select(OpenTime).where(col(OpenTime.escalate_at) <= now).order_by(col(OpenTime.id))).all()


NEXT_ESCALATION = next_due(col(OpenTime.escalate_at))


def look_up(session: Session, number: int) -> OpenTime:
    """Return the open time of this number without a lock. Raises `NoSuchOpenTime`."""
    return require(session.get(OpenTime, number), NoSuchOpenTime)


def gaps_late(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """How many gaps began in a period, and how many of them were filled only after escalation, or never."""
    is_in_period = (col(OpenTime.starts_at) >= start, col(OpenTime.starts_at) < end)
    is_gap = (OpenTime.problem == Problem.GAP, OpenTime.state != State.MERGED)
    gaps = session.exec(select(OpenTime).where(*is_gap, *is_in_period)).all()
    return len(gaps), sum(gap.escalated_at is not None or gap.state == State.PASSED for gap in gaps)
