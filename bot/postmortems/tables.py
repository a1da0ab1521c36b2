"""Post-mortems, their versions, and everyone who has a copy; and every query on them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.errors import WatchfloorError
from bot.postmortems.rules import State, Verdict
from bot.store import partial_index, put_new, utc_column


class NoSuchPostMortem(WatchfloorError):
    """That post-mortem is not there any more. `/incident postmortem` in the channel gives you the newest."""


class PostMortem(SQLModel, table=True):
    """The post-mortem of one close of an incident: one that is reopened and closed again gets another."""

    __tablename__ = "postmortems"
    __table_args__ = (partial_index("ix_postmortems_remind_at", "remind_at", where="remind_at IS NOT NULL"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    # A preview is asked for by a command, which may be delivered twice.
    asked_key: str | None = Field(default=None, unique=True)
    requested_at: datetime = Field(sa_column=utc_column(nullable=False))
    state: str = State.DRAFT.value
    version: int = 1
    author_id: str | None = None
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    # When its author is reminded next, and how often that was done.
    remind_at: datetime | None = Field(default=None, sa_column=utc_column())
    reminders: int = 0
    published_at: datetime | None = Field(default=None, sa_column=utc_column())
    published_by: str | None = None
    canvas_id: str | None = None
    # Set before the canvas is asked for: whoever finds it must not ask again.
    canvas_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def number(self) -> int:
        """Its id, once it is in the database."""
        assert self.id is not None
        return self.id

    @property
    def is_preview(self) -> bool:
        """Was it asked for before the close? Then nobody is to finish it."""
        return self.state == State.PREVIEW


class Version(SQLModel, table=True):
    """A version of a post-mortem: the first is written by the bot, the others are uploaded by people."""

    __tablename__ = "postmortem_versions"
    __table_args__ = (sa.UniqueConstraint("postmortem_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    postmortem_id: int = Field(foreign_key="postmortems.id")
    number: int
    uploaded_by: str | None = None
    at: datetime = Field(sa_column=utc_column(nullable=False))
    # The uploaded file: a second delivery of its event changes nothing.
    uploaded_file_id: str | None = Field(default=None, unique=True)
    uploaded_name: str = ""


class Copy(SQLModel, table=True):
    """Somebody who has the post-mortem by direct message, or a channel in which it is published.

    `place` is a person's or a channel's id. The files are in the thread of the message that is shown there.
    """

    __tablename__ = "postmortem_copies"
    __table_args__ = (
        sa.UniqueConstraint("postmortem_id", "place"),
        partial_index(
            "ix_postmortem_copies_behind", "id", where="shared_version < wanted_version AND trouble IS NULL"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    postmortem_id: int = Field(foreign_key="postmortems.id")
    incident_id: int = Field(foreign_key="incidents.id")
    place: str
    is_published: bool = False
    is_reviewer: bool = False
    verdict: str = Verdict.NONE.value
    comment: str = ""
    wanted_version: int = 1
    shared_version: int = 0
    # Set before the files are shared: whoever finds it must look whether they were.
    attempted_version: int = 0
    delivered_at: datetime | None = Field(default=None, sa_column=utc_column())
    trouble: str | None = None

    @property
    def number(self) -> int:
        """Its id, once it is in the database."""
        assert self.id is not None
        return self.id


class Upload(SQLModel, table=True):
    """A file in Slack that holds a version, made for one copy or uploaded into its thread by a person."""

    __tablename__ = "postmortem_files"

    id: int | None = Field(default=None, primary_key=True)
    copy_id: int = Field(foreign_key="postmortem_copies.id", index=True)
    version: int
    kind: str
    name: str
    file_id: str


def request(
    session: Session,
    incident_id: int,
    places: Sequence[str],
    now: datetime,
    *,
    due_at: datetime | None = None,
    remind_at: datetime | None = None,
) -> PostMortem:
    """A draft is to be written and brought to those people; an older one of the incident is put aside."""
    put_aside(session, incident_id)
    wanted = PostMortem(incident_id=incident_id, requested_at=now, due_at=due_at, remind_at=remind_at)
    return _begun(session, wanted, places, now)


def preview(session: Session, incident_id: int, asked_key: str, place: str, now: datetime) -> PostMortem | None:
    """A preview for one person; None when the same command asked before."""
    wanted = PostMortem(incident_id=incident_id, requested_at=now, state=State.PREVIEW.value, asked_key=asked_key)
    if not put_new(session, wanted):
        return None
    made = session.exec(select(PostMortem).where(PostMortem.asked_key == asked_key)).one()
    return _begun(session, made, [place], now)


def _begun(session: Session, made: PostMortem, places: Sequence[str], now: datetime) -> PostMortem:
    session.add(made)
    session.flush()
    session.add(Version(postmortem_id=made.number, number=1, at=now))
    for place in dict.fromkeys(places):
        add_copy(session, made, place)
    session.flush()
    return made


def put_aside(session: Session, incident_id: int) -> None:
    """The incident is open again, or closed anew: nobody is reminded of its older drafts any more."""
    session.connection().execute(
        sa.update(PostMortem)
        .where(
            col(PostMortem.incident_id) == incident_id,
            col(PostMortem.state).in_((State.DRAFT, State.IN_REVIEW)),
        )
        .values(state=State.PUT_ASIDE.value, remind_at=None)
    )


def add_copy(session: Session, postmortem: PostMortem, place: str) -> Copy:
    """The copy of a person or channel, made when there is none."""
    found = copy_of(session, postmortem.number, place)
    if found is None:
        found = Copy(
            postmortem_id=postmortem.number,
            incident_id=postmortem.incident_id,
            place=place,
            wanted_version=postmortem.version,
        )
        session.add(found)
        session.flush()
    return found


def get(session: Session, postmortem_id: int) -> PostMortem:
    """The post-mortem of that id; `NoSuchPostMortem` when there is none."""
    found = session.get(PostMortem, postmortem_id)
    if found is None:
        raise NoSuchPostMortem()
    return found


def locked(session: Session, postmortem_id: int) -> PostMortem:
    """The same, kept from being changed by others until the transaction ends."""
    found = session.exec(select(PostMortem).where(PostMortem.id == postmortem_id).with_for_update()).first()
    if found is None:
        raise NoSuchPostMortem()
    return found


def newest(session: Session, incident_id: int) -> PostMortem | None:
    """The incident's newest post-mortem that is no preview."""
    return session.exec(
        select(PostMortem)
        .where(PostMortem.incident_id == incident_id, PostMortem.state != State.PREVIEW)
        .order_by(col(PostMortem.id).desc())
        .limit(1)
    ).first()


def copy(session: Session, copy_id: int) -> Copy:
    """The copy of that id, which must exist."""
    return session.exec(select(Copy).where(Copy.id == copy_id)).one()


def copy_of(session: Session, postmortem_id: int, place: str) -> Copy | None:
    """The copy of a person or channel, if there is one."""
    return session.exec(select(Copy).where(Copy.postmortem_id == postmortem_id, Copy.place == place)).first()


def copies(session: Session, postmortem_id: int) -> Sequence[Copy]:
    """Every copy of a post-mortem."""
    return session.exec(select(Copy).where(Copy.postmortem_id == postmortem_id).order_by(col(Copy.id))).all()


def behind(session: Session, postmortem_id: int) -> Sequence[Copy]:
    """The copies that lack the newest version."""
    return [copy for copy in copies(session, postmortem_id) if _is_behind(copy)]


def _is_behind(copy: Copy) -> bool:
    return copy.shared_version < copy.wanted_version and copy.trouble is None


def undelivered(session: Session, limit: int = 50) -> Sequence[int]:
    """The post-mortems of which somebody lacks the newest version."""
    return session.exec(
        select(Copy.postmortem_id)
        .where(col(Copy.shared_version) < col(Copy.wanted_version), col(Copy.trouble).is_(None))
        .distinct()
        .limit(limit)
    ).all()


def due_reminders(session: Session, now: datetime, limit: int = 50) -> Sequence[int]:
    """The post-mortems of which somebody is to be reminded now."""
    found = session.exec(
        select(PostMortem.id)
        .where(col(PostMortem.remind_at).is_not(None), col(PostMortem.remind_at) <= now)
        .order_by(col(PostMortem.remind_at))
        .limit(limit)
    )
    return [number for number in found if number is not None]


def next_reminder(session: Session) -> datetime | None:
    """When somebody is reminded next of any post-mortem."""
    return session.exec(
        select(PostMortem.remind_at)
        .where(col(PostMortem.remind_at).is_not(None))
        .order_by(col(PostMortem.remind_at))
        .limit(1)
    ).first()


def version(session: Session, postmortem_id: int, number: int) -> Version:
    """One version, which must exist."""
    return session.exec(
        select(Version).where(Version.postmortem_id == postmortem_id, Version.number == number)
    ).one()


def add_version(
    session: Session, postmortem: PostMortem, in_copy: Copy, file_id: str, name: str, by: str, now: datetime
) -> bool:
    """A file that a person uploaded is the newest version; False when it is one already."""
    number = postmortem.version + 1
    made = Version(
        postmortem_id=postmortem.number,
        number=number,
        uploaded_by=by,
        at=now,
        uploaded_file_id=file_id,
        uploaded_name=name,
    )
    if not put_new(session, made):
        return False
    postmortem.version = number
    session.add(postmortem)
    for other in copies(session, postmortem.number):
        other.wanted_version = number
        # Who looked at the version before has not seen this one.
        other.verdict, other.comment = Verdict.NONE.value, ""
        session.add(other)
    in_copy.shared_version = in_copy.attempted_version = number
    session.add(Upload(copy_id=in_copy.number, version=number, kind="uploaded", name=name, file_id=file_id))
    return True


def uploads(session: Session, copy_id: int, version: int) -> Sequence[Upload]:
    """The files of a version that were made for a copy."""
    return session.exec(
        select(Upload).where(Upload.copy_id == copy_id, Upload.version == version).order_by(col(Upload.id))
    ).all()


def any_uploads(session: Session, postmortem_id: int, version: int) -> Sequence[Upload]:
    """The files of a version as one of the copies has them in Slack; nothing when nobody has it yet."""
    for holder in copies(session, postmortem_id):
        if holder.shared_version >= version and (found := uploads(session, holder.number, version)):
            return found
    return []
