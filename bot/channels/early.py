"""Messages in an incident's channel before its id is stored: the channel is noted, and its messages are read back
once its incident is known."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.incidents.awaited_channels import WAITS_FOR_CHANNEL
from bot.incidents.tables import Incident
from bot.runtime.database import Row, insert_new, utc_column
from bot.services import Services

# A noted channel is dropped after this time if no incident has claimed it and none is waiting for its channel.
RETENTION = timedelta(minutes=10)


class HeardEarly(Row, table=True):
    """A channel with a message that arrived while an incident waited for its own channel."""

    __tablename__ = "heard_early"

    channel_id: str = Field(primary_key=True)
    at: datetime = Field(sa_column=utc_column(nullable=False, index=True))


# While there are rows, the clock looks up which incident they belong to.
NEXT_DUE = sa.select(col(HeardEarly.at)).order_by(col(HeardEarly.at)).limit(1)
_IS_AWAITED = select(Incident.id).where(WAITS_FOR_CHANNEL).exists()
# One statement: between two, the awaited channel could be stored, and both would miss it.
_INCIDENT_AND_IS_AWAITED = sa.select(
    select(Incident.id).where(col(Incident.channel_id) == sa.bindparam("channel")).limit(1).scalar_subquery(),
    _IS_AWAITED,
)


def incident_or_note(services: Services, channel_id: str, now: datetime) -> int | None:
    """Return the channel's incident. While an incident waits for its channel, note an unknown one."""
    with services.database.reading() as session:
        number, is_awaited = session.connection().execute(_INCIDENT_AND_IS_AWAITED, {"channel": channel_id}).one()
    if number is None and is_awaited:
        with services.database.transaction() as session:
            insert_new(session, HeardEarly(channel_id=channel_id, at=now))
    return int(number) if number is not None else None


def is_awaited(session: Session) -> bool:
    """Whether an incident is waiting for its channel."""
    return bool(session.connection().execute(sa.select(_IS_AWAITED)).scalar())


def all_heard(session: Session) -> Sequence[HeardEarly]:
    """Every channel that may become an incident's."""
    return session.exec(select(HeardEarly)).all()
