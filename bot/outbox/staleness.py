"""What Slack shows is not what is wanted any more: it is rendered again, or given up."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.outbox.tables import DRAFT, OF_INCIDENT, RENDER_AGAIN, OutboxRow, update_in_order
from bot.outbox.writing import wake

# At every click: put together once.
_FOLLOWING_STALE = update_in_order(OF_INCIDENT, col(OutboxRow.follows_incident).is_(True)).values(**RENDER_AGAIN)
_KINDS_STALE = update_in_order(
    OF_INCIDENT,
    col(OutboxRow.is_rendered).is_(True),
    col(OutboxRow.kind).in_(sa.bindparam("kinds", expanding=True)),
    # A draft that is decided follows the incident no more.
    sa.or_(col(OutboxRow.kind) != DRAFT, col(OutboxRow.follows_incident).is_(True)),
).values(**RENDER_AGAIN)


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
    session.connection().execute(update_in_order(*theirs).values(**RENDER_AGAIN))


def stop_following(session: Session, incident_id: int, kind: str, subject: str) -> None:
    """What is named after this subject, before a colon, does not change with the incident any more."""
    named = col(OutboxRow.subject).startswith(f"{subject}:", autoescape=True)
    theirs = update_in_order(col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind, named)
    session.connection().execute(theirs.values(follows_incident=False))


def mark_message_stale(session: Session, channel_id: str, ts: str) -> Sequence[int]:
    """A person changed or deleted a message; gives back whose it is: no incident's when it is not rendered here."""
    ours = (
        col(OutboxRow.channel_id) == channel_id,
        col(OutboxRow.ts) == ts,
        col(OutboxRow.is_rendered).is_(True),
    )
    incident_ids = session.exec(select(OutboxRow.incident_id).where(*ours)).all()
    numbers = [number for number in incident_ids if number is not None]
    for number in numbers:
        wake(session, number)
    if numbers:
        session.connection().execute(update_in_order(*ours).values(content_hash="", **RENDER_AGAIN))
    return numbers


def show_again(session: Session, incident_id: int | None, kind: str) -> None:
    """What was done in Slack was undone together with something else; None for what is no incident's."""
    wake(session, incident_id)
    which = (col(OutboxRow.incident_id) == incident_id, col(OutboxRow.kind) == kind)
    session.connection().execute(update_in_order(*which).values(shown=0, content_hash=""))


def give_up(session: Session, incident_id: int) -> None:
    """Nothing more can be shown of an incident (its channel is gone): stop trying."""
    which = (col(OutboxRow.incident_id) == incident_id, col(OutboxRow.is_rendered).is_(True))
    session.connection().execute(update_in_order(*which).values(shown=OutboxRow.wanted))


def replace_channel(session: Session, old_id: str, new_id: str) -> None:
    """Slack gave a channel another id: what is there, or is to be there, is there."""
    theirs = update_in_order(col(OutboxRow.channel_id) == old_id)
    session.connection().execute(theirs.values(channel_id=new_id))


def abandon(session: Session, row: OutboxRow) -> None:
    """This one cannot be shown any more, and nobody misses it."""
    session.connection().execute(update_in_order(col(OutboxRow.id) == row.id).values(shown=OutboxRow.wanted))
