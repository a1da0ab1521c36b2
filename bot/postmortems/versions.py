"""The versions of a post-mortem, from the request for the first one, and their files in Slack."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.postmortems import copies
from bot.postmortems.copies import Copy
from bot.postmortems.rules import State, Verdict
from bot.postmortems.tables import PostMortem, set_aside
from bot.runtime.database import Row, insert, insert_new, utc_column


class Version(Row, table=True):
    """A version of a post-mortem: written by the bot from the record, or uploaded by a person."""

    __tablename__ = "postmortem_versions"
    __table_args__ = (sa.UniqueConstraint("postmortem_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    postmortem_id: int = Field(foreign_key="postmortems.id")
    number: int
    uploaded_by: str | None = None
    at: datetime = Field(sa_column=utc_column(nullable=False))
    # The uploaded file; unique, so that a second delivery of its event changes nothing.
    uploaded_file_id: str | None = Field(default=None, unique=True)
    uploaded_name: str = ""


class Upload(Row, table=True):
    """A file in Slack with a version, made for one copy or uploaded to its thread by a person."""

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
    """Create a post-mortem for those places, and put the incident's older ones aside."""
    set_aside(session, incident_id)
    postmortem = PostMortem(incident_id=incident_id, requested_at=now, due_at=due_at, remind_at=remind_at)
    return _with_first_version(session, postmortem, places, now)


def preview(session: Session, incident_id: int, asked_key: str, place: str, now: datetime) -> PostMortem | None:
    """Create a preview for one person; None if the same command already requested it."""
    row = PostMortem(incident_id=incident_id, requested_at=now, state=State.PREVIEW.value, asked_key=asked_key)
    if not insert_new(session, row):
        return None
    postmortem = session.exec(select(PostMortem).where(PostMortem.asked_key == asked_key)).one()
    return _with_first_version(session, postmortem, [place], now)


def _with_first_version(
    session: Session, postmortem: PostMortem, places: Sequence[str], now: datetime
) -> PostMortem:
    insert(session, postmortem)
    session.add(Version(postmortem_id=postmortem.number, number=1, at=now))
    for place in dict.fromkeys(places):
        copies.add(session, postmortem, place)
    session.flush()
    return postmortem


def get(session: Session, postmortem_id: int, number: int) -> Version:
    """Return one version, which must exist."""
    return session.exec(
        select(Version).where(Version.postmortem_id == postmortem_id, Version.number == number)
    ).one()


def add(
    session: Session, postmortem: PostMortem, uploaded_in: Copy, file_id: str, name: str, by: str, now: datetime
) -> bool:
    """Add an uploaded file as the newest version; False if it is already a version."""
    number = postmortem.version + 1
    version = Version(
        postmortem_id=postmortem.number,
        number=number,
        uploaded_by=by,
        at=now,
        uploaded_file_id=file_id,
        uploaded_name=name,
    )
    if not insert_new(session, version):
        return False
    _make_newest(session, postmortem, number)
    uploaded_in.shared_version = number
    session.add(Upload(copy_id=uploaded_in.number, version=number, kind="uploaded", name=name, file_id=file_id))
    return True


def add_written(session: Session, postmortem: PostMortem, now: datetime) -> None:
    """Add a newest version that the bot writes from the record."""
    number = postmortem.version + 1
    session.add(Version(postmortem_id=postmortem.number, number=number, at=now))
    _make_newest(session, postmortem, number)


def _make_newest(session: Session, postmortem: PostMortem, number: int) -> None:
    postmortem.version = number
    for copy in copies.of_postmortem(session, postmortem.number):
        copy.wanted_version = number
        # Reviewers of the previous version have not seen this one.
        copy.verdict, copy.comment = Verdict.NONE.value, ""


def uploads(session: Session, copy_id: int, version: int) -> Sequence[Upload]:
    """The files of a version for a copy."""
    return session.exec(
        select(Upload).where(Upload.copy_id == copy_id, Upload.version == version).order_by(col(Upload.id))
    ).all()


def remove_unshared_uploads(session: Session, copy: Copy) -> None:
    """Forget a copy's files that were uploaded but never shared; Slack keeps such files for a short time only."""
    is_unshared = (col(Upload.copy_id) == copy.number, col(Upload.version) > copy.shared_version)
    session.connection().execute(sa.delete(Upload).where(*is_unshared))


def uploads_of_any_copy(session: Session, postmortem_id: int, version: int) -> Sequence[Upload]:
    """Return the files of a version from any copy that has it in Slack; empty if none has it yet."""
    for holder in copies.of_postmortem(session, postmortem_id):
        if holder.shared_version >= version and (files := uploads(session, holder.number, version)):
            return files
    return []


def files_in_channels(session: Session, incident_id: int) -> list[tuple[str, str]]:
    """The channel and the file of each version that was published in a channel."""
    places = {copy.number: copy.place for copy in copies.in_channels(session, incident_id)}
    rows = session.exec(select(Upload).where(col(Upload.copy_id).in_(places)).order_by(col(Upload.id)))
    return [(places[upload.copy_id], upload.file_id) for upload in rows]
