"""The rungs of each incident's escalation ladder; every query on them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.escalation import rules
from bot.runtime.database import DUE_AT_ONCE, Row, next_due, partial_index, upsert_all, utc_column


class LadderRung(Row, table=True):
    """A rung of an incident's ladder, copied from the floor's file when the incident was declared."""

    __tablename__ = "ladder_rungs"
    __table_args__ = (partial_index("ix_ladder_rungs_due", "due_at", where="due_at IS NOT NULL"),)

    incident_id: int = Field(foreign_key="incidents.id", primary_key=True)
    position: int = Field(primary_key=True)
    after_s: int
    tell: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    stops_on: str
    state: str
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    early_because: str = ""


def ladder(session: Session, incident_id: int) -> rules.Ladder:
    """An incident's ladder, from the lowest rung."""
    rows = session.exec(
        select(LadderRung)
        .where(LadderRung.incident_id == incident_id)
        .order_by(col(LadderRung.position))
        .execution_options(populate_existing=True)
    )
    return [
        rules.Rung(
            row.position,
            timedelta(seconds=row.after_s),
            tuple(row.tell),
            row.stops_on,
            row.state,
            row.due_at,
            row.early_because,
        )
        for row in rows
    ]


def save_ladder(session: Session, incident_id: int, ladder: Iterable[rules.Rung]) -> None:
    rows = [
        LadderRung(
            incident_id=incident_id,
            position=rung.position,
            after_s=int(rung.after.total_seconds()),
            tell=list(rung.tell),
            stops_on=rung.stops_on,
            state=rung.state,
            due_at=rung.due_at,
            early_because=rung.early_because,
        )
        for rung in ladder
    ]
    upsert_all(session, rows)


def due(session: Session, now: datetime) -> Sequence[tuple[int, int, datetime]]:
    """The due rungs (incident, position and due time), the oldest first."""
    rows = session.exec(
        select(LadderRung.incident_id, LadderRung.position, LadderRung.due_at)
        .where(col(LadderRung.due_at).is_not(None), col(LadderRung.due_at) <= now)
        .order_by(col(LadderRung.due_at), col(LadderRung.position))
        .limit(DUE_AT_ONCE)
    ).all()
    return [(incident_id, position, due_at) for incident_id, position, due_at in rows if due_at]


# When the next rung has its turn.
NEXT_TURN = next_due(col(LadderRung.due_at))
