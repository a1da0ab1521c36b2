"""Writing, changing and withdrawing rows, in the transaction that makes it necessary."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.errors import TryLater
from bot.outbox.tables import (
    DUE,
    MESSAGE,
    RENDER_AGAIN,
    SUPERSEDED,
    UNSETTLED,
    USUAL,
    OutboxRow,
    key_of,
    update_in_order,
)
from bot.runtime.database import insert_new


def wake(session: Session, incident_id: int | None) -> None:
    """Wake the worker once the transaction is committed."""
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
    """Add a row that is rendered from an incident's state."""
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
    priority: int = USUAL,
) -> None:
    """Post a message once to a channel or a person; a second post with the same key has no effect."""
    payload = {"text": text, "blocks": list(blocks)}
    target = {"channel_id": channel_id, "thread_ts": thread_ts, "priority": priority}
    enqueue(session, MESSAGE, key, now, incident_id=incident_id, payload=payload, **target)


def enqueue(
    session: Session, kind: str, key: str, now: datetime, *, incident_id: int | None = None, **facts: Any
) -> bool:
    """Enqueue a row that is not rendered from an incident's state; False if its key already existed."""
    wake(session, None)
    return insert_new(session, OutboxRow(key=key, kind=kind, incident_id=incident_id, retry_at=now, **facts))


def edit(
    session: Session, row: OutboxRow, blocks: Sequence[dict[str, Any]], now: datetime, *, text: str | None = None
) -> None:
    """Change the blocks of a post, and its text: it is edited in place, or sent with the new ones.

    A worker that is sending it at this moment finds on settling that a newer version is wanted.
    """
    payload = row.payload or {}
    edited_payload = payload | {"blocks": list(blocks)} | ({} if text is None else {"text": text})
    if payload == edited_payload:
        return
    wake(session, None)
    conditions = (col(OutboxRow.id) == row.id,)
    _edit_where(session, conditions, now, payload=edited_payload)
    edit_batches(session, conditions, now)


def edit_batches(session: Session, part_conditions: Sequence[Any], now: datetime) -> None:
    """Render again the batches that contain any of these changed rows."""
    batches = select(OutboxRow.batch_id).where(*part_conditions, col(OutboxRow.batch_id).is_not(None))
    batch_ids = [number for number in session.exec(batches.distinct()).all() if number is not None]
    if batch_ids:
        _edit_where(session, (col(OutboxRow.id).in_(batch_ids),), now)


def _edit_where(session: Session, conditions: Sequence[Any], now: datetime, **values: Any) -> None:
    """Render these rows again; those already in Slack at once, whatever kept them from it before."""
    session.connection().execute(update_in_order(*conditions).values(**values, **RENDER_AGAIN))
    retry_values = {"refused": None, "retry_at": now, "attempts": 0, "error": None}
    session.connection().execute(
        update_in_order(*conditions, col(OutboxRow.ts).is_not(None)).values(**retry_values)
    )


def change_rows(session: Session, numbers: Collection[int], values: Mapping[str, Any]) -> None:
    """Set new values on some rows."""
    session.connection().execute(update_in_order(col(OutboxRow.id).in_(list(numbers))).values(**values))


def supersede(session: Session, key_prefix: str) -> None:
    """Cancel untried posts and pending edits with such keys, because a newer text follows."""
    update = update_in_order(
        sa.text(UNSETTLED),
        sa.or_(col(OutboxRow.attempted_at).is_(None), col(OutboxRow.ts).is_not(None)),
        col(OutboxRow.key).startswith(key_prefix, autoescape=True),
        # A batch has its key from its first part, but also contains the other parts.
        col(OutboxRow.batch_group).is_(None),
    )
    session.connection().execute(update.values(refused=SUPERSEDED))


def remove_untried(session: Session, incident_id: int, kind: str, subject: str) -> bool:
    """Delete rows that were never tried; False if they were tried and may be in Slack."""
    conditions = _conditions_of(incident_id, kind, subject)
    untried = (col(OutboxRow.attempted_at).is_(None), col(OutboxRow.ts).is_(None))
    return bool(session.connection().execute(sa.delete(OutboxRow).where(*conditions, *untried)).rowcount)


def hurry(session: Session, incident_id: int, kind: str, subject: str, now: datetime) -> None:
    """Make these rows due now, because what they waited for is there."""
    wake(session, None)
    conditions = _conditions_of(incident_id, kind, subject)
    session.connection().execute(update_in_order(*conditions, sa.text(UNSETTLED)).values(retry_at=now))


def remember(session: Session, row: OutboxRow, payload: dict[str, Any], now: datetime) -> None:
    """Save what the next call must know, such as an uploaded file. Raises `TryLater` if the lease has expired."""
    lease_conditions = (
        col(OutboxRow.id) == row.id,
        col(OutboxRow.leased_by) == row.leased_by,
        col(OutboxRow.leased_until) == row.leased_until,
    )
    update = (
        sa.update(OutboxRow).where(*lease_conditions, col(OutboxRow.leased_until) > now).values(payload=payload)
    )
    if not session.connection().execute(update).rowcount:
        raise TryLater("the lease has ended")


def _conditions_of(incident_id: int | None, kind: str, subject: str) -> tuple[Any, ...]:
    return col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind, col(OutboxRow.subject) == subject


def edit_named(session: Session, incident_id: int | None, kind: str, subject: str, now: datetime) -> None:
    """Render these changed rows again: they are edited in place, or sent with the new content."""
    wake(session, None)
    conditions = _conditions_of(incident_id, kind, subject)
    _edit_where(session, conditions, now)
    edit_batches(session, conditions, now)


def edit_about(session: Session, kind: str, subject: str, now: datetime) -> None:
    """Edit messages without an incident that are about the same thing, named in their subject before a colon."""
    wake(session, None)
    conditions = (
        col(OutboxRow.incident_id).is_(None),
        col(OutboxRow.kind) == kind,
        col(OutboxRow.subject).startswith(f"{subject}:", autoescape=True),
        col(OutboxRow.refused).is_(None),
    )
    session.connection().execute(update_in_order(*conditions).values(**RENDER_AGAIN, retry_at=now))


def withdraw(session: Session, incident_id: int, kind: str, subject: str) -> None:
    """Cancel what has not been delivered yet of these rows."""
    update = update_in_order(*_conditions_of(incident_id, kind, subject), sa.text(UNSETTLED))
    session.connection().execute(update.values(refused=SUPERSEDED))
