"""Consequences of new or changed cases, within the transaction that stores them."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases import boards, escalating
from bot.cases.tables import Case
from bot.config.floor import Floor


def after_rows(session: Session, floor: Floor, now: datetime) -> None:
    """Update the escalation clocks of the cases touched at `now`, and schedule a redraw of the board."""
    session.flush()
    watched = list(floor.cases.escalations)
    touched = select(Case).where(col(Case.touched_at) == now, col(Case.priority).in_(watched))
    for case in session.exec(touched):
        escalating.watch(session, floor, case, now)
    boards.change_soon(session, floor, now)
