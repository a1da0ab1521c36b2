"""Escalations of cases: clocks on idle cases, and the levels they have reached; their queries."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import DUE_AT_ONCE, Numbered, next_due, partial_index, utc_column


class CaseEscalation(Numbered, table=True):
    """One escalation clock of a case; `level` is the next one to be notified."""

    __tablename__ = "case_escalations"
    __table_args__ = (
        partial_index("ix_case_escalations_due", "due_at", where="due_at IS NOT NULL"),
        partial_index("ix_case_escalations_open", "case_id", "kind", where="ended_at IS NULL", unique=True),
    )

    case_id: int = Field(foreign_key="cases.id", index=True)
    kind: str
    since: datetime = Field(sa_column=utc_column(nullable=False))
    level: int = 0
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    ended_at: datetime | None = Field(default=None, sa_column=utc_column())
    # Somebody handles the case: the clock of an idle case ends only once the case is no longer idle, so that no
    # other begins meanwhile.
    answered_by: str | None = None
    # The team of the case when the clock began.
    team: str = ""
    # The outbox keys of the messages that show it with a button.
    messages: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON(), nullable=False))


CASES_WITH_CLOCKS = select(CaseEscalation.case_id).where(col(CaseEscalation.ended_at).is_(None))
NEXT_DUE = next_due(col(CaseEscalation.due_at))


def end(session: Session, case_id: int, kind: str, now: datetime) -> None:
    """End a clock, answered or not."""
    _end(session, now, col(CaseEscalation.case_id) == case_id, col(CaseEscalation.kind) == kind)


def end_unanswered(session: Session, case_id: int, kind: str, now: datetime) -> None:
    """End a clock unless somebody handles the case."""
    is_unanswered = col(CaseEscalation.answered_by).is_(None)
    _end(session, now, col(CaseEscalation.case_id) == case_id, col(CaseEscalation.kind) == kind, is_unanswered)


def end_of_other_teams(session: Session, case_id: int, team: str, now: datetime) -> None:
    """End the clocks that somebody of the team answered that had the case before."""
    is_answered = col(CaseEscalation.answered_by).is_not(None)
    _end(session, now, col(CaseEscalation.case_id) == case_id, is_answered, col(CaseEscalation.team) != team)


def _end(session: Session, now: datetime, *conditions: sa.ColumnElement[bool]) -> None:
    open_clocks = sa.update(CaseEscalation).where(col(CaseEscalation.ended_at).is_(None), *conditions)
    session.connection().execute(open_clocks.values(ended_at=now, due_at=None))


def due(session: Session, now: datetime) -> Sequence[CaseEscalation]:
    """The expired clocks, locked so that no other process handles them too."""
    query = select(CaseEscalation).where(col(CaseEscalation.due_at) <= now).order_by(col(CaseEscalation.due_at))
    return session.exec(query.limit(DUE_AT_ONCE).with_for_update(skip_locked=True)).all()


def get(session: Session, number: int) -> CaseEscalation | None:
    return session.get(CaseEscalation, number)


def unanswered_of(session: Session, case_id: int) -> Sequence[CaseEscalation]:
    """The clocks of a case for which nobody has answered yet, locked until the transaction ends."""
    query = select(CaseEscalation).where(
        CaseEscalation.case_id == case_id,
        col(CaseEscalation.ended_at).is_(None),
        col(CaseEscalation.answered_by).is_(None),
    )
    # In one order, so that two people who press the buttons of different clocks do not wait for each other.
    locked_query = query.order_by(col(CaseEscalation.id)).with_for_update()
    return session.exec(locked_query.execution_options(populate_existing=True)).all()


def open_of(session: Session, case_ids: Sequence[int]) -> Sequence[CaseEscalation]:
    """The clocks of several cases that are running or reached the end of the ladder unanswered."""
    return session.exec(
        select(CaseEscalation).where(
            col(CaseEscalation.case_id).in_(case_ids),
            col(CaseEscalation.ended_at).is_(None),
            col(CaseEscalation.answered_by).is_(None),
        )
    ).all()
