"""Rows whose content in Slack is out of date: they are rendered again, or given up."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.outbox.tables import DRAFT, OF_INCIDENT, RENDER_AGAIN, OutboxRow, update_in_order
from bot.outbox.writing import wake

# Built once, because every click runs them.
_FOLLOWING_STALE = update_in_order(OF_INCIDENT, col(OutboxRow.follows_incident).is_(True)).values(**RENDER_AGAIN)
_KINDS_STALE = update_in_order(
    OF_INCIDENT,
    col(OutboxRow.is_rendered).is_(True),
    col(OutboxRow.kind).in_(sa.bindparam("kinds", expanding=True)),
    # A draft that has been decided no longer follows the incident.
    sa.or_(col(OutboxRow.kind) != DRAFT, col(OutboxRow.follows_incident).is_(True)),
).values(**RENDER_AGAIN)


def mark_stale(session: Session, incident_id: int, kinds: Collection[str] | None = None) -> None:
    """Mark the rows that follow a changed incident, or its rows of these kinds, to be rendered again."""
    wake(session, incident_id)
    if kinds is None:
        session.connection().execute(_FOLLOWING_STALE, {"of_incident": incident_id})
    else:
        session.connection().execute(_KINDS_STALE, {"of_incident": incident_id, "kinds": list(kinds)})


def mark_stale_subject(session: Session, incident_id: int, kinds: Collection[str], subject: str) -> None:
    """Mark stale all messages that show one thing: their subject is its name, alone or before a colon."""
    wake(session, incident_id)
    subject_condition = sa.or_(
        col(OutboxRow.subject) == subject, col(OutboxRow.subject).startswith(f"{subject}:", autoescape=True)
    )
    conditions = (
        col(OutboxRow.incident_id) == incident_id,
        col(OutboxRow.is_rendered).is_(True),
        col(OutboxRow.kind).in_(kinds),
        subject_condition,
    )
    session.connection().execute(update_in_order(*conditions).values(**RENDER_AGAIN))


def stop_following(session: Session, incident_id: int, kind: str, subject: str) -> None:
    """Keep rows that have this subject before a colon from changing with the incident any more."""
    subject_condition = col(OutboxRow.subject).startswith(f"{subject}:", autoescape=True)
    update = update_in_order(
        col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind, subject_condition
    )
    session.connection().execute(update.values(follows_incident=False))


def mark_message_stale(session: Session, channel_id: str, ts: str) -> Sequence[int]:
    """Mark stale a message that a person changed or deleted; return its incidents, or none if not rendered here."""
    conditions = (
        col(OutboxRow.channel_id) == channel_id,
        col(OutboxRow.ts) == ts,
        col(OutboxRow.is_rendered).is_(True),
    )
    incident_ids = session.exec(select(OutboxRow.incident_id).where(*conditions)).all()
    numbers = [number for number in incident_ids if number is not None]
    for number in numbers:
        wake(session, number)
    if numbers:
        session.connection().execute(update_in_order(*conditions).values(content_hash="", **RENDER_AGAIN))
    return numbers


def show_again(session: Session, incident_id: int | None, kind: str) -> None:
    """Redo in Slack what was undone along with something else; pass None for rows without an incident."""
    wake(session, incident_id)
    conditions = (col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind)
    session.connection().execute(update_in_order(*conditions).values(shown=0, content_hash=""))


def give_up(session: Session, incident_id: int) -> None:
    """Stop trying to show an incident whose channel is gone."""
    conditions = (col(OutboxRow.incident_id) == incident_id, col(OutboxRow.is_rendered).is_(True))
    session.connection().execute(update_in_order(*conditions).values(shown=OutboxRow.wanted))


def replace_channel(session: Session, old_id: str, new_id: str) -> None:
    """Move all rows of a channel, delivered or not, to the new id that Slack gave it."""
    update = update_in_order(col(OutboxRow.channel_id) == old_id)
    session.connection().execute(update.values(channel_id=new_id))


def abandon(session: Session, row: OutboxRow) -> None:
    """Stop trying to show a row that cannot be shown any more and is not missed."""
    session.connection().execute(update_in_order(col(OutboxRow.id) == row.id).values(shown=OutboxRow.wanted))
