"""What follows from new or changed cases, within the transaction that keeps them."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases import boards, escalating
from bot.cases.tables import Case
from bot.config.floor import Floor


def after_rows(session: Session, floor: Floor, now: datetime) -> None:
    """The cases touched at this moment: their escalation clocks start or stop, and the board shows them soon."""
    session.flush()
    watched = list(floor.cases.escalations)
    touched = select(Case).where(col(Case.touched_at) == now, col(Case.priority).in_(watched))
    for case in session.exec(touched):
        escalating.watch(session, floor, case, now)
    boards.change_soon(session, floor, now)
