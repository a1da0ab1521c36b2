"""Consequences of new or changed cases, within the transaction that stores them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.cases import boards, escalating
from bot.cases.escalation_tables import CASES_WITH_CLOCKS
from bot.cases.tables import Case
from bot.config.floor import Floor


def after_rows(session: Session, floor: Floor, now: datetime) -> None:
    """Update the escalation clocks of the cases touched at `now`, and schedule a redraw of the board."""
    watched_priorities = list(floor.cases.escalations)
    # A case whose priority was lowered is watched until its clocks have ended.
    is_watched = sa.or_(col(Case.priority).in_(watched_priorities), col(Case.id).in_(CASES_WITH_CLOCKS))
    touched_cases = select(Case).where(col(Case.touched_at) == now, is_watched)
    for case in session.exec(touched_cases):
        escalating.watch(session, floor, case, now)
    boards.change_soon(session, floor, now)
