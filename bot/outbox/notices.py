"""What is to be said to whom. Written in the transaction of the change it speaks of, sent afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.runtime.database import partial_index, put_new, utc_column

RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(minutes=10)
TRIES = 30
# Longer than any sending takes; who holds it and dies is freed at once by a restart or a take-over.
HELD_FOR = timedelta(minutes=3)


class Notice(SQLModel, table=True):
    """A message for a person (their id as the channel) or for a channel or thread."""

    __tablename__ = "notices"
    __table_args__ = (
        partial_index("ix_notices_unsent", "retry_at", where="NOT is_settled", on_sqlite="is_settled = 0"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    channel_id: str
    thread_ts: str | None = None
    words: str
    blocks: list[dict[str, Any]] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    is_settled: bool = False
    attempted_at: datetime | None = Field(default=None, sa_column=utc_column())
    retry_at: datetime = Field(sa_column=utc_column(nullable=False))
    held_by: str | None = None
    failures: int = 0
    trouble: str | None = None
    ts: str | None = None
    # When its words changed after it was written. Unsettled with `ts`: it was sent and is to be edited.
    amended_at: datetime | None = Field(default=None, sa_column=utc_column())


def add(
    session: Session,
    key: str,
    channel_id: str,
    words: str,
    now: datetime,
    *,
    incident_id: int | None = None,
    thread_ts: str | None = None,
    blocks: Sequence[dict[str, Any]] = (),
) -> None:
    """Say it once; a second notice of the same key is the same notice."""
    put_new(
        session,
        Notice(
            key=key,
            incident_id=incident_id,
            channel_id=channel_id,
            thread_ts=thread_ts,
            words=words,
            blocks=list(blocks),
            retry_at=now,
        ),
    )


def said_or_to_be_said(session: Session, incident_id: int, key_begins: str, key_ends: str) -> Sequence[Notice]:
    """The notices of an incident with such keys that stand somewhere, or still may."""
    return session.exec(
        select(Notice)
        .where(
            Notice.incident_id == incident_id,
            col(Notice.key).startswith(key_begins, autoescape=True),
            col(Notice.key).endswith(key_ends, autoescape=True),
            sa.or_(col(Notice.is_settled).is_(False), col(Notice.ts).is_not(None)),
        )
        .order_by(col(Notice.id))
    ).all()


def amend(session: Session, notice: Notice, blocks: Sequence[dict[str, Any]], now: datetime) -> None:
    """It reads otherwise from now on: edited where it stands, or sent so.

    Who is sending it at this moment finds when settling that it changed; nobody else may take it up meanwhile.
    """
    if notice.blocks == list(blocks):
        return
    mine = sa.update(Notice).where(col(Notice.id) == notice.id)
    session.connection().execute(mine.values(blocks=list(blocks), amended_at=now))
    stands = mine.where(col(Notice.is_settled).is_(True), col(Notice.ts).is_not(None))
    again = {"is_settled": False, "held_by": None, "retry_at": now, "failures": 0, "trouble": None}
    session.connection().execute(stands.values(**again))


def overtake(session: Session, key_begins: str) -> None:
    """What was never tried of the notices with such keys is not said any more, nor edited: newer words follow."""
    old = (
        sa.update(Notice)
        .where(
            col(Notice.is_settled).is_(False),
            sa.or_(col(Notice.attempted_at).is_(None), col(Notice.ts).is_not(None)),
            col(Notice.key).startswith(key_begins, autoescape=True),
        )
        .values(is_settled=True, trouble="overtaken")
    )
    session.connection().execute(old)


def claim(session: Session, owner: str, now: datetime) -> tuple[Notice, datetime | None] | None:
    """The next notice to send, held for this process, with the moment of an earlier attempt if there was one.

    One at a time: of several, the last might wait longer than it is held.
    """
    notice = session.exec(
        select(Notice)
        .where(col(Notice.is_settled).is_(False), col(Notice.retry_at) <= now)
        .order_by(col(Notice.retry_at), col(Notice.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if notice is None:
        return None
    attempted_at = notice.attempted_at
    notice.attempted_at = attempted_at or now
    notice.held_by, notice.retry_at = owner, now + HELD_FOR
    session.add(notice)
    return notice, attempted_at


# Asked after every update: put together once.
_UNSENT = (
    select(Notice.id).where(col(Notice.is_settled).is_(False), col(Notice.retry_at) <= sa.bindparam("now")).limit(1)
)


def are_waiting(session: Session, now: datetime) -> bool:
    """Is there anything to send?"""
    return session.exec(_UNSENT, params={"now": now}).first() is not None


def holders(session: Session) -> set[str]:
    """The processes that are sending something, or died over it."""
    held = select(Notice.held_by).where(col(Notice.is_settled).is_(False), col(Notice.held_by).is_not(None))
    return {name for name in session.exec(held.distinct()) if name}


def release(session: Session, owner: str, now: datetime) -> None:
    """What a process that has ended held is free again."""
    session.connection().execute(
        sa.update(Notice)
        .where(col(Notice.held_by) == owner, col(Notice.is_settled).is_(False))
        .values(held_by=None, retry_at=now)
    )


def settle(session: Session, notice: Notice, channel_id: str, ts: str, now: datetime) -> None:
    """It stands there as it was when it was claimed; what was amended since is still to be edited."""
    mine = col(Notice.id) == notice.id
    amended_at = session.exec(select(Notice.amended_at).where(mine).with_for_update()).one()
    is_behind = amended_at != notice.amended_at
    # A person's id is no place to edit at: the conversation with them is.
    arrived = {"channel_id": channel_id, "ts": ts, "is_settled": not is_behind}
    again = {"held_by": None, "retry_at": now} if is_behind else {}
    session.connection().execute(sa.update(Notice).where(mine).values(**arrived, **again))


def postpone(session: Session, notice: Notice, reason: str, until: datetime | None, now: datetime) -> None:
    """It did not arrive; later again, and after thirty tries no more."""
    notice.failures += 1
    notice.held_by = None
    notice.trouble = reason
    notice.retry_at = until or now + min(RETRY_LONGEST, RETRY_FIRST * 2 ** min(notice.failures, 10))
    notice.is_settled = notice.failures >= TRIES
    session.add(notice)


def refuse(session: Session, notice: Notice, reason: str) -> None:
    """Slack will never take it."""
    notice.is_settled, notice.trouble = True, reason
    session.add(notice)
