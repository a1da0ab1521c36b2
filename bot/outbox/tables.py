"""One row for each thing that is to be in Slack: a row is written in the transaction that makes it necessary.

What is wanted and what is shown are versions: they differ while Slack is behind, and the row is found by that.
State is never read back from Slack.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.errors import TryLater
from bot.runtime.database import UtcDateTime, insert_new, partial_index, utc_column

# The kind of a message whose words are in its payload.
MESSAGE = "message"
DRAFT = "draft"
LEASE = timedelta(seconds=60)
FIRST, URGENT, USUAL, LAST = 0, 2, 5, 8
SUPERSEDED = "superseded"
# In `session.info`: the incidents whose rows the worker is to deliver after the commit; None for other rows.
DUE = "outbox"
# Likewise: the rows of an incident that were leased in the transaction that changed them.
LEASED = "leased"

_UNSETTLED = "wanted > shown AND refused IS NULL"


class OutboxRow(SQLModel, table=True):
    """Something that is to be in Slack: a card, a topic, a page, a message to a person …"""

    __tablename__ = "outbox"
    __table_args__ = (
        partial_index(
            "ix_outbox_rendered",
            "incident_id",
            "kind",
            "subject",
            where="is_rendered",
            on_sqlite="is_rendered = 1",
            unique=True,
        ),
        sa.Index("ix_outbox_message", "channel_id", "ts"),
        partial_index("ix_outbox_due", "priority", "retry_at", where=_UNSETTLED),
        partial_index("ix_outbox_lane", "lane", where=f"lane IS NOT NULL AND {_UNSETTLED}"),
        partial_index("ix_outbox_batch", "batch_id", where="batch_id IS NOT NULL"),
        partial_index("ix_outbox_batch_group", "batch_group", where="batch_group IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    # It travels with the message, which is found by it.
    key: str = Field(unique=True)
    kind: str
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    subject: str = ""
    # Rendered from the incident's state, together with its other rows; else the payload says it all.
    is_rendered: bool = False
    # Marked stale by every change of the incident.
    follows_incident: bool = False
    # A channel, or a person until their conversation is known. Without it, the kind knows.
    channel_id: str | None = None
    thread_ts: str | None = None
    payload: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True)))
    # Rows of one lane are delivered in the order in which they were written.
    lane: str | None = None
    priority: int = USUAL
    # The row that brings this one to Slack together with others; this one is then not leased itself.
    batch_id: int | None = None
    # Of such a row: what may become part of it.
    batch_group: str | None = None
    wanted: int = 1
    shown: int = 0
    ts: str | None = None
    # What Slack shows, as a digest: showing the same again needs no call.
    content_hash: str = ""
    # Written before the first call: a row that has it without `ts` may have arrived.
    attempted_at: datetime | None = Field(default=None, sa_column=utc_column())
    # How often it was looked for since that attempt.
    looked: int = 0
    retry_at: datetime = Field(sa_column=utc_column(nullable=False))
    leased_until: datetime | None = Field(default=None, sa_column=utc_column())
    leased_by: str | None = None
    # Failures in a row. What Slack asks to wait is none.
    attempts: int = 0
    # Why it will never be there.
    refused: str | None = None
    # Why it is not there yet.
    error: str | None = None
    # How often people deleted it and it was posted anew.
    replaced: int = 0

    @property
    def number(self) -> int:
        """Its key in the database."""
        assert self.id is not None
        return self.id

    @property
    def text(self) -> str:
        """The words of a post."""
        return str((self.payload or {}).get("text", ""))

    @property
    def is_settled(self) -> bool:
        """Is there nothing left to do about it?"""
        return self.shown >= self.wanted or self.refused is not None


def key_of(kind: str, incident_id: int, subject: str, replaced: int = 0) -> str:
    """The key of something rendered; a message that is posted anew has another."""
    return f"{kind}:{incident_id}:{subject}:{replaced}"


def wake(session: Session, incident_id: int | None) -> None:
    """The worker is woken once the transaction is committed."""
    session.info.setdefault(DUE, set()).add(incident_id)


def add(
    session: Session,
    kind: str,
    incident_id: int,
    now: datetime,
    subject: str = "",
    *,
    follows_incident: bool = False,
    priority: int = USUAL,
) -> OutboxRow:
    """Something more is to be shown of an incident, rendered from its state."""
    row = OutboxRow(
        key=key_of(kind, incident_id, subject),
        kind=kind,
        incident_id=incident_id,
        subject=subject,
        is_rendered=True,
        follows_incident=follows_incident,
        priority=priority,
        retry_at=now,
    )
    session.add(row)
    wake(session, incident_id)
    return row


def post(
    session: Session,
    key: str,
    channel_id: str,
    text: str,
    now: datetime,
    *,
    incident_id: int | None = None,
    thread_ts: str | None = None,
    blocks: Sequence[dict[str, Any]] = (),
    lane: str | None = None,
    priority: int = USUAL,
) -> None:
    """Say it once to a channel or a person; a second post of the same key is the same post."""
    payload = {"text": text, "blocks": list(blocks)}
    target = {"channel_id": channel_id, "thread_ts": thread_ts, "lane": lane, "priority": priority}
    enqueue(session, MESSAGE, key, now, incident_id=incident_id, payload=payload, **target)


def enqueue(
    session: Session, kind: str, key: str, now: datetime, *, incident_id: int | None = None, **facts: Any
) -> bool:
    """Something is to be done once that is not rendered from an incident's state; False when it was known."""
    wake(session, None)
    return insert_row(session, OutboxRow(key=key, kind=kind, incident_id=incident_id, retry_at=now, **facts))


def insert_row(session: Session, row: OutboxRow) -> bool:
    """Write a row; False when its key was known."""
    return insert_new(session, row)


def has_key_beginning(session: Session, key_begins: str) -> bool:
    """Was any row with such a key written?"""
    keys = select(OutboxRow.id).where(col(OutboxRow.key).startswith(key_begins, autoescape=True))
    return session.exec(keys.limit(1)).first() is not None


def edit(session: Session, row: OutboxRow, blocks: Sequence[dict[str, Any]], now: datetime) -> None:
    """A post reads otherwise from now on: edited where it is, or sent so.

    A worker that is sending it at this moment finds when settling that more is wanted.
    """
    payload = row.payload or {}
    if payload.get("blocks") == list(blocks):
        return
    wake(session, None)
    mine = sa.update(OutboxRow).where(col(OutboxRow.id) == row.id)
    changed = payload | {"blocks": list(blocks)}
    session.connection().execute(mine.values(payload=changed, wanted=col(OutboxRow.wanted) + 1))
    again = {"refused": None, "retry_at": now, "attempts": 0, "error": None}
    session.connection().execute(mine.where(col(OutboxRow.ts).is_not(None)).values(**again))
    edit_batches(session, (col(OutboxRow.id) == row.id,), now)


def edit_batches(session: Session, parts: Sequence[Any], now: datetime) -> None:
    """What these rows say changed, and some are part of a message that says more."""
    batches = select(OutboxRow.batch_id).where(*parts, col(OutboxRow.batch_id).is_not(None))
    numbers = [number for number in session.exec(batches.distinct()).all() if number is not None]
    if not numbers:
        return
    change_rows(session, numbers, _MORE)
    again = {"refused": None, "retry_at": now, "attempts": 0, "error": None}
    session.connection().execute(
        _change(col(OutboxRow.id).in_(numbers), col(OutboxRow.ts).is_not(None)).values(**again)
    )


def change_rows(session: Session, numbers: Collection[int], values: Mapping[str, Any]) -> None:
    """New values for some rows."""
    session.connection().execute(_change(col(OutboxRow.id).in_(list(numbers))).values(**values))


def supersede(session: Session, key_begins: str) -> None:
    """What was never tried of the posts with such keys is neither sent nor edited any more: newer words follow."""
    old = (
        sa.update(OutboxRow)
        .where(
            sa.text(_UNSETTLED),
            sa.or_(col(OutboxRow.attempted_at).is_(None), col(OutboxRow.ts).is_not(None)),
            col(OutboxRow.key).startswith(key_begins, autoescape=True),
            # A batch is named after its first part, and says what its other parts say.
            col(OutboxRow.batch_group).is_(None),
        )
        .values(refused=SUPERSEDED)
    )
    session.connection().execute(old)


def remove_untried(session: Session, incident_id: int, kind: str, subject: str) -> bool:
    """What was never tried is not to be in Slack after all; False when it was tried, and may be there."""
    its = (
        col(OutboxRow.incident_id) == incident_id,
        col(OutboxRow.kind) == kind,
        col(OutboxRow.subject) == subject,
    )
    untried = (col(OutboxRow.attempted_at).is_(None), col(OutboxRow.ts).is_(None))
    return bool(session.connection().execute(sa.delete(OutboxRow).where(*its, *untried)).rowcount)


def hurry(session: Session, incident_id: int, kind: str, subject: str, now: datetime) -> None:
    """What these rows waited for is there."""
    wake(session, None)
    theirs = (OutboxRow.incident_id == incident_id, OutboxRow.kind == kind, OutboxRow.subject == subject)
    session.connection().execute(_change(*theirs, sa.text(_UNSETTLED)).values(retry_at=now))


def remember(session: Session, row: OutboxRow, payload: dict[str, Any], now: datetime) -> None:
    """Keep what the next call must know, such as an uploaded file; `TryLater` when the lease has ended."""
    ours = (
        col(OutboxRow.id) == row.id,
        col(OutboxRow.leased_by) == row.leased_by,
        col(OutboxRow.leased_until) == row.leased_until,
    )
    kept = sa.update(OutboxRow).where(*ours, col(OutboxRow.leased_until) > now).values(payload=payload)
    if not session.connection().execute(kept).rowcount:
        raise TryLater("the lease has ended")


def posts_of(session: Session, incident_id: int, key_begins: str, key_ends: str) -> Sequence[OutboxRow]:
    """The posts of an incident with such keys that are somewhere, or still may be."""
    return session.exec(
        select(OutboxRow)
        .where(
            OutboxRow.incident_id == incident_id,
            col(OutboxRow.key).startswith(key_begins, autoescape=True),
            col(OutboxRow.key).endswith(key_ends, autoescape=True),
            sa.or_(sa.text(_UNSETTLED), col(OutboxRow.ts).is_not(None)),
        )
        .order_by(col(OutboxRow.id))
    ).all()


def named(session: Session, incident_id: int | None, kind: str, subject: str | None = None) -> Sequence[OutboxRow]:
    """The rows of an incident of this kind, in their order; or those of one subject."""
    found = select(OutboxRow).where(OutboxRow.incident_id == incident_id, OutboxRow.kind == kind)
    if subject is not None:
        found = found.where(OutboxRow.subject == subject)
    return session.exec(found.order_by(col(OutboxRow.id)).execution_options(populate_existing=True)).all()


def _named(incident_id: int | None, kind: str, subject: str) -> tuple[Any, ...]:
    return col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind, col(OutboxRow.subject) == subject


def edit_named(session: Session, incident_id: int | None, kind: str, subject: str, now: datetime) -> None:
    """What these rows say changed: they are edited where they are, or sent so."""
    wake(session, None)
    theirs = _named(incident_id, kind, subject)
    session.connection().execute(_change(*theirs).values(**_MORE))
    again = {"refused": None, "retry_at": now, "attempts": 0, "error": None}
    session.connection().execute(_change(*theirs, col(OutboxRow.ts).is_not(None)).values(**again))
    edit_batches(session, theirs, now)


def edit_about(session: Session, kind: str, subject: str, now: datetime) -> None:
    """Messages of no incident that are about the same thing, named before a colon of their subject, are edited."""
    wake(session, None)
    theirs = (
        col(OutboxRow.incident_id).is_(None),
        col(OutboxRow.kind) == kind,
        col(OutboxRow.subject).startswith(f"{subject}:", autoescape=True),
        col(OutboxRow.refused).is_(None),
    )
    session.connection().execute(_change(*theirs).values(**_MORE, retry_at=now))


def withdraw(session: Session, incident_id: int, kind: str, subject: str) -> None:
    """What of these rows was not delivered yet is not delivered any more."""
    theirs = _change(*_named(incident_id, kind, subject), sa.text(_UNSETTLED))
    session.connection().execute(theirs.values(refused=SUPERSEDED))


def _change(*which: Any) -> sa.Update:
    """A change of several rows, in the order of their numbers: two that change the same wait in no circle."""
    in_order = select(OutboxRow.id).where(*which).order_by(col(OutboxRow.id)).with_for_update()
    return sa.update(OutboxRow).where(col(OutboxRow.id).in_(in_order)).execution_options(synchronize_session=False)


_MORE = {"wanted": OutboxRow.wanted + 1}
_OF_INCIDENT = col(OutboxRow.incident_id) == sa.bindparam("of_incident")
# At every click: put together once.
_FOLLOWING_STALE = _change(_OF_INCIDENT, col(OutboxRow.follows_incident).is_(True)).values(**_MORE)
_KINDS_STALE = _change(
    _OF_INCIDENT,
    col(OutboxRow.is_rendered).is_(True),
    col(OutboxRow.kind).in_(sa.bindparam("kinds", expanding=True)),
    # A draft that is decided follows the incident no more.
    sa.or_(col(OutboxRow.kind) != DRAFT, col(OutboxRow.follows_incident).is_(True)),
).values(**_MORE)


def mark_stale(session: Session, incident_id: int, kinds: Collection[str] | None = None) -> None:
    """The incident changed: what follows it is to be rendered again, or only these kinds."""
    wake(session, incident_id)
    if kinds is None:
        session.connection().execute(_FOLLOWING_STALE, {"of_incident": incident_id})
    else:
        session.connection().execute(_KINDS_STALE, {"of_incident": incident_id, "kinds": list(kinds)})


def mark_stale_subject(session: Session, incident_id: int, kinds: Collection[str], subject: str) -> None:
    """One thing changed that several messages show: those named after it, alone or before a colon."""
    wake(session, incident_id)
    named = sa.or_(
        col(OutboxRow.subject) == subject, col(OutboxRow.subject).startswith(f"{subject}:", autoescape=True)
    )
    theirs = (
        col(OutboxRow.incident_id) == incident_id,
        col(OutboxRow.is_rendered).is_(True),
        col(OutboxRow.kind).in_(kinds),
        named,
    )
    session.connection().execute(_change(*theirs).values(**_MORE))


def stop_following(session: Session, incident_id: int, kind: str, subject: str) -> None:
    """What is named after this subject, before a colon, does not change with the incident any more."""
    named = col(OutboxRow.subject).startswith(f"{subject}:", autoescape=True)
    theirs = _change(col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind, named)
    session.connection().execute(theirs.values(follows_incident=False))


def mark_message_stale(session: Session, channel_id: str, ts: str) -> Sequence[int]:
    """A person changed or deleted a message; gives back whose it is: no incident's when it is not rendered here."""
    ours = (
        col(OutboxRow.channel_id) == channel_id,
        col(OutboxRow.ts) == ts,
        col(OutboxRow.is_rendered).is_(True),
    )
    found = session.exec(select(OutboxRow.incident_id).where(*ours)).all()
    numbers = [number for number in found if number is not None]
    for number in numbers:
        wake(session, number)
    if numbers:
        session.connection().execute(_change(*ours).values(content_hash="", **_MORE))
    return numbers


def show_again(session: Session, incident_id: int | None, kind: str) -> None:
    """What was done in Slack was undone together with something else; None for what is no incident's."""
    wake(session, incident_id)
    which = (col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind)
    session.connection().execute(_change(*which).values(shown=0, content_hash=""))


_ALL = select(OutboxRow).where(_OF_INCIDENT, col(OutboxRow.is_rendered).is_(True)).order_by(col(OutboxRow.id))


def of_incident(session: Session, incident_id: int) -> Sequence[OutboxRow]:
    """Everything that is rendered of an incident."""
    return session.exec(_ALL, params={"of_incident": incident_id}).all()


_ONE = select(OutboxRow).where(
    _OF_INCIDENT,
    col(OutboxRow.is_rendered).is_(True),
    OutboxRow.kind == sa.bindparam("kind"),
    OutboxRow.subject == sa.bindparam("subject"),
)


def find(session: Session, incident_id: int, kind: str, subject: str = "") -> OutboxRow | None:
    """One thing that is rendered of an incident."""
    which = {"of_incident": incident_id, "kind": kind, "subject": subject}
    return session.exec(_ONE, params=which).first()


def at(session: Session, kind: str, channel_id: str, ts: str) -> OutboxRow | None:
    """The row of this kind that is shown by that message."""
    return session.exec(
        select(OutboxRow).where(OutboxRow.kind == kind, OutboxRow.channel_id == channel_id, OutboxRow.ts == ts)
    ).first()


def is_shown_by(session: Session, channel_id: str, ts: str) -> bool:
    """Is any row in Slack as that message?"""
    ours = select(OutboxRow.id).where(OutboxRow.channel_id == channel_id, OutboxRow.ts == ts)
    return session.exec(ours.limit(1)).first() is not None


def give_up(session: Session, incident_id: int) -> None:
    """Nothing more can be shown of an incident (its channel is gone): stop trying."""
    which = (col(OutboxRow.incident_id) == incident_id, col(OutboxRow.is_rendered).is_(True))
    session.connection().execute(_change(*which).values(shown=OutboxRow.wanted))


def replace_channel(session: Session, old_id: str, new_id: str) -> None:
    """Slack gave a channel another id: what is there, or is to be there, is there."""
    theirs = _change(col(OutboxRow.channel_id) == old_id)
    session.connection().execute(theirs.values(channel_id=new_id))


def abandon(session: Session, row: OutboxRow) -> None:
    """This one cannot be shown any more, and nobody misses it."""
    session.connection().execute(_change(col(OutboxRow.id) == row.id).values(shown=OutboxRow.wanted))


_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcDateTime())
_FREE = (
    sa.text(_UNSETTLED),
    col(OutboxRow.batch_id).is_(None),
    col(OutboxRow.retry_at) <= _NOW,
    sa.or_(col(OutboxRow.leased_until).is_(None), col(OutboxRow.leased_until) <= _NOW),
)


def next_due(session: Session) -> datetime | None:
    """When the next row is to be delivered; None when everything is settled."""
    at = sa.case(
        (col(OutboxRow.leased_until) > col(OutboxRow.retry_at), col(OutboxRow.leased_until)),
        else_=col(OutboxRow.retry_at),
    )
    is_leased_itself = col(OutboxRow.batch_id).is_(None)
    query = sa.select(sa.func.min(at, type_=UtcDateTime())).where(sa.text(_UNSETTLED), is_leased_itself)
    return session.connection().execute(query).scalar()


@dataclass(frozen=True)
class Failing:
    """Rows of a kind that fail for one reason: how many, and one of the incidents."""

    kind: str
    error: str
    count: int
    incident_id: int | None


def failing(session: Session, failures: int) -> list[Failing]:
    """What has failed so often in a row, or more often, and is not delivered yet."""
    reason = sa.func.coalesce(col(OutboxRow.error), "")
    found = (
        sa.select(col(OutboxRow.kind), reason, sa.func.count(), sa.func.min(col(OutboxRow.incident_id)))
        .where(sa.text(_UNSETTLED), col(OutboxRow.attempts) >= failures)
        .group_by(col(OutboxRow.kind), reason)
    )
    return [Failing(*row) for row in session.connection().execute(found)]


# Asked every second: put together once.
_WHOSE = sa.case((col(OutboxRow.is_rendered).is_(True), col(OutboxRow.incident_id)), else_=None)
_DUE = sa.select(_WHOSE).where(*_FREE).distinct().limit(100)


def due(session: Session, now: datetime) -> set[int | None]:
    """Some incidents that have rows to deliver now; None when there are others."""
    return set(session.connection().execute(_DUE, {"now": now}).scalars())
