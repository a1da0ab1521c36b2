"""What is said in an incident's channel before its id is stored: the channel is known as one that was heard in, and
what was said is read back once it is known whose it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.runtime.database import Row, insert_new, utc_column
from bot.services import Services

# A channel that is nobody's after that, while no incident waits for its own, was no incident's.
KEPT = timedelta(minutes=10)


class HeardEarly(Row, table=True):
    """A channel in which something was said while an incident waited for its own."""

    __tablename__ = "heard_early"

    channel_id: str = Field(primary_key=True)
    at: datetime = Field(sa_column=utc_column(nullable=False, index=True))


# While there are any, the clock looks whose they are.
NEXT_LOOK = sa.select(col(HeardEarly.at)).order_by(col(HeardEarly.at)).limit(1)


_IS_AWAITED = select(Incident.id).where(col(Incident.channel_id).is_(None), col(Incident.status).in_(OPEN)).exists()
# In one statement: between two, the channel that is awaited may be stored, and both would miss it.
_WHOSE = sa.select(
    select(Incident.id).where(col(Incident.channel_id) == sa.bindparam("channel")).limit(1).scalar_subquery(),
    _IS_AWAITED,
)


def incident_or_note(services: Services, channel_id: str, now: datetime) -> int | None:
    """The incident whose channel this is. While an incident waits for one, an unknown channel is remembered."""
    with services.database.reading() as session:
        number, is_awaited = session.connection().execute(_WHOSE, {"channel": channel_id}).one()
    if number is None and is_awaited:
        with services.database.transaction() as session:
            insert_new(session, HeardEarly(channel_id=channel_id, at=now))
    return int(number) if number is not None else None


def is_awaited(session: Session) -> bool:
    """Does an incident wait for its channel?"""
    return bool(session.connection().execute(sa.select(_IS_AWAITED)).scalar())


def all_heard(session: Session) -> Sequence[HeardEarly]:
    """Every channel that may become an incident's."""
    return session.exec(select(HeardEarly)).all()
