"""Consequences of new or changed cases, within the transaction that stores them."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases import boards, escalating
from bot.cases.tables import Case
from bot.config.floor import Floor


def after_rows(session: Session, floor: Floor, now: datetime) -> None:
    """Update the escalation clocks of the cases touched at `now`, and schedule a redraw of the board."""
    session.flush()
    watched_priorities = list(floor.cases.escalations)
    touched_cases = select(Case).where(col(Case.touched_at) == now, col(Case.priority).in_(watched_priorities))
    for case in session.exec(touched_cases):
        escalating.watch(session, floor, case, now)
    boards.change_soon(session, floor, now)
