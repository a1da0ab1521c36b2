"""Alarms: raised once while their cause lasts, cleared when it is gone."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.runtime.database import Row, insert_new, partial_index, utc_column


class Alarm(Row, table=True):
    """A problem: its `key`, its text and when it began."""

    __tablename__ = "alarms"
    __table_args__ = (partial_index("ux_alarms_open", "key", where="cleared_at IS NULL", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    text: str
    raised_at: datetime = Field(sa_column=utc_column(nullable=False))
    cleared_at: datetime | None = Field(default=None, sa_column=utc_column())


def open_alarms(session: Session) -> Sequence[Alarm]:
    """The open alarms, oldest first."""
    return session.exec(select(Alarm).where(col(Alarm.cleared_at).is_(None)).order_by(col(Alarm.id))).all()


def raise_alarm(session: Session, key: str, text: str, now: datetime) -> Alarm | None:
    """Raise an alarm and return it; None if it is already open."""
    if not insert_new(session, Alarm(key=key, text=text, raised_at=now)):
        return None
    return session.exec(select(Alarm).where(Alarm.key == key, col(Alarm.cleared_at).is_(None))).one()


def clear_others(session: Session, keys: Collection[str], now: datetime) -> None:
    """Clear every open alarm except those with these keys."""
    session.connection().execute(
        sa.update(Alarm).where(col(Alarm.cleared_at).is_(None), col(Alarm.key).not_in(keys)).values(cleared_at=now)
    )
