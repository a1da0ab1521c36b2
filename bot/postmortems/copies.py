"""The holders of a post-mortem and their versions, and every query on them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.incidents import incidents
from bot.incidents.roles import readers_among
from bot.postmortems.rules import Verdict
from bot.postmortems.tables import PostMortem
from bot.runtime.database import Numbered, insert, utc_column


class Copy(Numbered, table=True):
    """A person who has the post-mortem by direct message, or a channel in which it is published.

    `place` is a person's or a channel's id. The files are in the thread of the message there.
    """

    __tablename__ = "postmortem_copies"
    __table_args__ = (sa.UniqueConstraint("postmortem_id", "place"),)

    postmortem_id: int = Field(foreign_key="postmortems.id")
    incident_id: int = Field(foreign_key="incidents.id")
    place: str
    is_published: bool = False
    is_reviewer: bool = False
    verdict: str = Verdict.NONE.value
    comment: str = ""
    wanted_version: int = 1
    shared_version: int = 0
    delivered_at: datetime | None = Field(default=None, sa_column=utc_column())
    trouble: str | None = None


def add(session: Session, postmortem: PostMortem, place: str) -> Copy:
    """Return the copy of a person or channel, creating it if needed."""
    copy = of_place(session, postmortem.number, place)
    if copy is None:
        copy = Copy(
            postmortem_id=postmortem.number,
            incident_id=postmortem.incident_id,
            place=place,
            wanted_version=postmortem.version,
        )
        insert(session, copy)
    return copy


def get(session: Session, copy_id: int) -> Copy:
    """Return the copy with that id, which must exist."""
    return session.get_one(Copy, copy_id)


def of_place(session: Session, postmortem_id: int, place: str) -> Copy | None:
    """Return the copy of a person or channel, if any."""
    return session.exec(select(Copy).where(Copy.postmortem_id == postmortem_id, Copy.place == place)).first()


def of_postmortem(session: Session, postmortem_id: int) -> Sequence[Copy]:
    """Every copy of a post-mortem."""
    return session.exec(select(Copy).where(Copy.postmortem_id == postmortem_id).order_by(col(Copy.id))).all()


def outdated_copies(session: Session, postmortem_id: int) -> Sequence[Copy]:
    """The copies that lack the newest version, have no delivery failure, and whose holders may read of the
    incident."""
    return [copy for copy in with_readers(session, of_postmortem(session, postmortem_id)) if _is_outdated(copy)]


def with_readers(session: Session, copies: Sequence[Copy]) -> list[Copy]:
    """These copies of a post-mortem, without those of people who left the channel of a private incident."""
    if not copies:
        return []
    incident = incidents.by_number(session, copies[0].incident_id)
    reader_ids = readers_among(session, incident, [copy.place for copy in copies])
    places = {*reader_ids, incident.channel_id}
    return [copy for copy in copies if copy.is_published or copy.place in places]


def _is_outdated(copy: Copy) -> bool:
    return copy.shared_version < copy.wanted_version and copy.trouble is None


def in_channels(session: Session, incident_id: int) -> list[Copy]:
    """The copies that are published in a channel, or about to be, of all post-mortems of an incident."""
    copies = session.exec(select(Copy).where(Copy.incident_id == incident_id).order_by(col(Copy.id)))
    return [copy for copy in copies if not copy.place.startswith(("U", "W"))]
