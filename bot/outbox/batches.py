"""Several messages to one reader become one: each stays a row of its own, and a batch delivers them to Slack.

A row that may be joined is part of a batch, which is also a row; only the batch is leased and delivered. Whether
and how rows of a kind may be joined is data of the kind (`Kind.join`).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.outbox import queries
from bot.outbox.kinds import Call, Context, Kind, Settled
from bot.outbox.tables import MESSAGE, USUAL, OutboxRow
from bot.outbox.writing import change_rows, edit_batches, wake
from bot.runtime.database import insert, insert_new
from bot.slack.blocks import Block, Message
from bot.slack.messages import Posted

# A person gets at most one message a minute from those that can wait.
APART = timedelta(minutes=1)
# Slack splits texts longer than 4,000 characters and refuses more than 50 blocks.
LONGEST_BATCH, MOST_PARTS = 3_500, 6


class Batching(Struct, frozen=True):
    """Rows of one group may share a message, which is sent from `until` on, and `apart` after the previous one."""

    group: str
    until: datetime
    apart: timedelta = timedelta()
    # Locked while the consequences of the delivery are recorded; without it, there are none.
    incident_id: int | None = None


_UNTRIED = (
    col(OutboxRow.attempted_at).is_(None),
    col(OutboxRow.ts).is_(None),
    col(OutboxRow.refused).is_(None),
    col(OutboxRow.wanted) > col(OutboxRow.shown),
)
_OF_GROUP = OutboxRow.batch_group == sa.bindparam("group")
# Built once, because every update and every message to a person runs them.
_LAST_TRIED_AT = select(sa.func.max(OutboxRow.attempted_at)).where(_OF_GROUP)
_WAITING_BATCH = (
    select(OutboxRow)
    .where(_OF_GROUP, *_UNTRIED)
    .order_by(col(OutboxRow.id).desc())
    .limit(1)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_JOIN_BATCH = (
    sa.update(OutboxRow)
    .where(col(OutboxRow.id) == sa.bindparam("part"))
    .values(batch_id=sa.bindparam("batch"))
    .execution_options(synchronize_session=False)
)


def kind_of(name: str) -> str:
    """The kind of the batches that hold rows of this kind."""
    return f"{name}_batch"


def post_to_person(
    session: Session,
    key: str,
    user_id: str,
    text: str,
    now: datetime,
    *,
    incident_id: int | None = None,
    blocks: Sequence[Block] = (),
    priority: int = USUAL,
) -> None:
    """Post once a message that can wait a minute, together with other messages to the same person."""
    payload = {"text": text, "blocks": list(blocks)}
    part = OutboxRow(
        key=key,
        kind=MESSAGE,
        incident_id=incident_id,
        channel_id=user_id,
        payload=payload,
        priority=priority,
        retry_at=now,
    )
    add(session, part, Batching(f"person:{user_id}", now, APART), max(len(text), len(json.dumps(blocks)) // 2))


def add(session: Session, part: OutboxRow, batching: Batching, length: int) -> bool:
    """Write a row that is delivered with others; False if its key already existed. `length` is in characters."""
    wake(session, None)
    if not insert_new(session, part):
        return False
    last_at = session.exec(_LAST_TRIED_AT, params={"group": batching.group}).one() if batching.apart else None
    until = max(batching.until, last_at + batching.apart) if last_at else batching.until
    batch_id = _join_waiting_batch(session, part, batching, length, until) or _start_batch(
        session, part, batching, length, until
    )
    session.connection().execute(_JOIN_BATCH, {"part": part.number, "batch": batch_id})
    return True


def _join_waiting_batch(
    session: Session, part: OutboxRow, batching: Batching, length: int, until: datetime
) -> int | None:
    """Add the part to the waiting batch, and return the batch's id; None if there is no batch with room."""
    batch = session.exec(_WAITING_BATCH, params={"group": batching.group}).first()
    if batch is None:
        return None
    batch_size = batch.payload or {}
    parts, characters = int(batch_size.get("parts", 1)) + 1, int(batch_size.get("length", 0)) + length
    if parts > MOST_PARTS or characters > LONGEST_BATCH:
        return None
    values = {
        "wanted": batch.wanted + 1,
        "payload": {"parts": parts, "length": characters},
        "priority": min(batch.priority, part.priority),
        "retry_at": min(batch.retry_at, until),
    }
    update = sa.update(OutboxRow).where(col(OutboxRow.id) == batch.id, *_UNTRIED).values(**values)
    return batch.number if session.connection().execute(update).rowcount else None


def _start_batch(session: Session, part: OutboxRow, batching: Batching, length: int, until: datetime) -> int:
    batch = OutboxRow(
        key=f"{part.key}:batch",
        kind=kind_of(part.kind),
        incident_id=batching.incident_id,
        channel_id=part.channel_id,
        payload={"parts": 1, "length": length},
        lane=batching.group,
        batch_group=batching.group,
        priority=part.priority,
        retry_at=until,
    )
    insert(session, batch)
    return batch.number


def error_of(session: Session, rows: Sequence[OutboxRow]) -> str | None:
    """Why one of these rows is not in Slack yet; for a part, the error is on its batch."""
    numbers = [number for row in rows for number in (row.id, row.batch_id) if number is not None]
    errors = select(OutboxRow.error).where(col(OutboxRow.id).in_(numbers), col(OutboxRow.error).is_not(None))
    return session.exec(errors.order_by(col(OutboxRow.id)).limit(1)).first()


def _shown_parts(parts: Sequence[OutboxRow]) -> list[OutboxRow]:
    """The parts that a batch shows, most important first, without those withdrawn before they were sent."""
    shown_parts = [part for part in parts if part.refused is None or part.ts is not None]
    return sorted(shown_parts, key=lambda part: (part.priority, part.number))


def leave(session: Session, part: OutboxRow, now: datetime) -> OutboxRow | None:
    """Remove a part from its batch. Return the batch if no other part is left: it is then withdrawn as a whole."""
    batch = session.get(OutboxRow, part.batch_id)
    if batch is None:
        return None
    if any(other_part.id != part.id for other_part in _shown_parts(queries.parts_of(session, batch.number))):
        edit_batches(session, (col(OutboxRow.id) == part.id,), now)
        return None
    return batch


def with_batches(kinds: Sequence[Kind]) -> list[Kind]:
    """These kinds, plus a batch kind for each that may be joined."""
    return [*kinds, *(_batch_kind(kind) for kind in kinds if kind.join)]


def _batch_kind(kind: Kind) -> Kind:
    return replace(
        kind,
        name=kind_of(kind.name),
        render=partial(_render, kind),
        recipient=partial(_recipient, kind),
        thread=partial(_thread, kind) if kind.thread else None,
        on_delivered=partial(_note_delivered, kind),
        on_given_up=partial(_note_given_up, kind),
        join=None,
    )


def _render(kind: Kind, context: Context) -> Message | Call:
    messages = []
    for part in _shown_parts(context.parts):
        message = kind.render(replace(context, row=part))
        assert not isinstance(message, Call), "a call is nothing to join"
        messages.append(message)
    if not messages:
        return Call("withdrawn", lambda: None)
    assert kind.join is not None
    return messages[0] if len(messages) == 1 else kind.join(messages)


def _recipient(kind: Kind, context: Context) -> str:
    first_part = _first_part(context)
    return kind.recipient(replace(context, row=first_part)) if first_part and kind.recipient else ""


def _thread(kind: Kind, context: Context) -> str | None:
    first_part = _first_part(context)
    return kind.thread(replace(context, row=first_part)) if first_part and kind.thread else None


def _first_part(context: Context) -> OutboxRow | None:
    """The first part: all parts have the same destination, and even a withdrawn one names it."""
    return next(iter(context.parts), None)


def _note_delivered(kind: Kind, settled: Settled, posted: Posted | None) -> None:
    """Record on each part where its batch is in Slack, and run the kind's callback."""
    if posted is None:
        return
    values = {"channel_id": posted.channel_id, "ts": posted.ts, "shown": OutboxRow.wanted, "error": None}
    for part in _settled_parts(settled, values):
        if kind.on_delivered:
            kind.on_delivered(replace(settled, row=part), posted)


def _note_given_up(kind: Kind, settled: Settled, error: str) -> None:
    """Mark the parts as refused, because they will never be sent, and run the kind's callback."""
    for part in _settled_parts(settled, {"refused": error}):
        if kind.on_given_up:
            kind.on_given_up(replace(settled, row=part), error)


def _settled_parts(settled: Settled, values: Mapping[str, object]) -> list[OutboxRow]:
    """Settle the parts, and return them as they were before, which is how the worker passes on a row."""
    session = settled.session
    parts = _shown_parts(queries.parts_of(session, settled.row.number))
    for part in parts:
        session.expunge(part)
    change_rows(session, [part.number for part in parts], values)
    return parts
