"""The lines of a release: all that are pending at the request, taken in chunks."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.ledger import line_tables, tables
from bot.ledger.entries import Move, Origin, move
from bot.ledger.line_tables import Line
from bot.ledger.rules import SAME_CAUSE, State
from bot.ledger.tables import PREPARING, Ledger, Release
from bot.runtime.database import insert


def are_left(session: Session, ledger_id: int, cohort: str, currency: str) -> bool:
    """True if any pending line is in no release, or in a refused one."""
    conditions = (Line.ledger_id == ledger_id, Line.cohort == cohort, Line.currency == currency)
    query = select(Line.id).where(*conditions, *line_tables.unreleased(ledger_id)).limit(1)
    return session.exec(query).first() is not None


def begin(session: Session, ledger: Ledger, cohort: str, currency: str, by: str, now: datetime) -> Release:
    """Create a release without lines; it will cover the lines that are in the ledger now."""
    release = Release(
        ledger_id=ledger.number,
        cohort=cohort,
        currency=currency,
        amount=0,
        lines=0,
        needs_second=False,
        state=PREPARING,
        last_line=line_tables.newest_line(session),
        asked_by=by,
        asked_at=now,
    )
    return insert(session, release)


def take_lines(session: Session, release: Release, other_ids: Sequence[int], count: int, now: datetime) -> bool:
    """Add the next pending lines to a release, excluding those paid by another incident of the same cause. True if
    these were the last. The caller's transaction must hold the locks on the ledgers."""
    rows = line_tables.pending_lines(session, release, count)
    refused_ids = tables.refused_ids(session, release.ledger_id)
    free_rows = [row for row in rows if row.release_id is None or row.release_id in refused_ids]
    paid_elsewhere = line_tables.paid_elsewhere(session, other_ids, [row.account_key for row in free_rows])
    exclusions = [Move(row, State.EXCLUDED, SAME_CAUSE) for row in free_rows if row.account_key in paid_elsewhere]
    move(session, exclusions, Origin(release.asked_by, now))
    taken_rows = [row for row in free_rows if row.account_key not in paid_elsewhere]
    if taken_rows:
        condition = line_tables.among(session, col(Line.id), [row.number for row in taken_rows])
        session.connection().execute(sa.update(Line).where(condition).values(release_id=release.number))
    release.amount += sum(row.amount for row in taken_rows)
    release.lines += len(taken_rows)
    release.done_line = rows[-1].number if rows else release.last_line
    session.flush()
    return len(rows) < count
