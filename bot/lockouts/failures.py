"""Failed sign-ins from sources, kept for a week for troubleshooting; every query on them.

A row has the login, time, reason, network and program; never a password, a code or a link, and nothing about people
whom the source does not know, because users sometimes type a password where their name belongs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.config.floor import Floor
from bot.lockouts.rules import Failure
from bot.runtime.clock import utcnow
from bot.runtime.database import Numbered, insert_all_new, utc_column
from bot.sources.port import Lockout

RETENTION = timedelta(days=7)
MOST_SHOWN = 2_000
LONGEST = 100


class SignInFailure(Numbered, table=True):
    """A failed attempt to sign in."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        sa.UniqueConstraint("source", "external_id"),
        sa.Index("ix_sign_in_failures_at", "at"),
        sa.Index("ix_sign_in_failures_login", "login", "at"),
        sa.Index("ix_sign_in_failures_partner", "partner", "at"),
    )

    source: str
    external_id: str
    user_id: str
    # In lower case, because users type either.
    login: str
    partner: str
    reason: str
    address: str
    place: str
    client: str
    at: datetime = Field(sa_column=utc_column(nullable=False))


def record(session: Session, floor: Floor, source: str, rows: Sequence[Lockout]) -> None:
    """Keep new failures, and delete those older than a week."""
    if not rows:
        return
    insert_all_new(session, [_row(floor, source, row) for row in rows])
    deletion = sa.delete(SignInFailure).where(col(SignInFailure.at) < utcnow() - RETENTION)
    session.connection().execute(deletion)


def _row(floor: Floor, source: str, row: Lockout) -> SignInFailure:
    return SignInFailure(
        source=source,
        external_id=row.external_id,
        user_id=row.user_id,
        login=row.login.casefold()[:LONGEST],
        partner=floor.lockouts.partner_of(row.login),
        reason=row.reason[:LONGEST],
        address=row.address[:LONGEST],
        place=row.place[:LONGEST],
        client=row.client[:LONGEST],
        at=row.at,
    )


def of_login(session: Session, login: str, since: datetime) -> list[Failure]:
    """The failures of one person, the newest first."""
    return _failures_since(session, SignInFailure.login == login.casefold(), since)


def of_partner(session: Session, partner: str, since: datetime) -> list[Failure]:
    """The failures of a partner's people, the newest first."""
    return _failures_since(session, SignInFailure.partner == partner, since)


def _failures_since(session: Session, condition: bool, since: datetime) -> list[Failure]:
    query = select(SignInFailure).where(condition, col(SignInFailure.at) >= since)
    rows = session.exec(query.order_by(col(SignInFailure.at).desc()).limit(MOST_SHOWN))
    return [Failure(row.login, row.at, row.reason, row.address, row.place, row.client) for row in rows]
