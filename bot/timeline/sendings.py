"""Pictures that were asked for, and how far they are on their way."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from bot.runtime.database import partial_index, put_new, utc_column

SENT_AT_ONCE = 20


class Sending(SQLModel, table=True):
    """A picture for an incident's channel, asked for by somebody; `key` is the click or the command."""

    __tablename__ = "timeline_pictures"
    __table_args__ = (
        partial_index("ix_timeline_pictures_waiting", "id", where="NOT is_settled", on_sqlite="is_settled = 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    incident_id: int = Field(foreign_key="incidents.id")
    asked_by: str
    file_id: str | None = None
    attempted_at: datetime | None = Field(default=None, sa_column=utc_column())
    is_settled: bool = False


def request(session: Session, incident_id: int, key: str, by: str) -> int:
    """Somebody wants the picture; asked again under the same key it is the same one."""
    put_new(session, Sending(key=key, incident_id=incident_id, asked_by=by))
    return session.exec(select(Sending.id).where(Sending.key == key)).one() or 0


def get(session: Session, sending_id: int) -> Sending:
    """One of them."""
    return session.exec(select(Sending).where(Sending.id == sending_id)).one()


def waiting(session: Session) -> list[int]:
    """Those that are not there yet."""
    numbers = session.exec(
        select(Sending.id).where(col(Sending.is_settled).is_(False)).order_by(col(Sending.id)).limit(SENT_AT_ONCE)
    )
    return [number for number in numbers if number is not None]
