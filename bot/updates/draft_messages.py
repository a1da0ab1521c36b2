"""The messages of drafts: whom they are for. They follow the incident until their updates are sent."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.updates import drafts
from bot.updates.drafts import Draft
from bot.updates.tables import PAUSED, WAITING, Promise


def add(session: Session, draft: Draft, now: datetime) -> None:
    """Show a draft to everyone it is for."""
    for user_id in draft.user_ids or [""]:
        outbox.add(session, kinds.DRAFT, draft.incident_id, now, _subject(draft, user_id), follows_incident=True)


def update_recipients(session: Session, draft: Draft, now: datetime) -> None:
    """It is for others now: those without a copy get one, and every existing copy is drawn again."""
    outbox.mark_stale_subject(session, draft.incident_id, (kinds.DRAFT,), str(draft.number))
    for user_id in draft.user_ids or [""]:
        if outbox.find(session, draft.incident_id, kinds.DRAFT, _subject(draft, user_id)) is None:
            outbox.add(
                session, kinds.DRAFT, draft.incident_id, now, _subject(draft, user_id), follows_incident=True
            )


def is_for(display: OutboxRow, draft: Draft) -> bool:
    """Is this copy of the draft one to decide by? Others were handed on."""
    return display.subject.partition(":")[2] in (draft.user_ids or [""])


def _subject(draft: Draft, user_id: str) -> str:
    return f"{draft.id}:{user_id}"


def draft_of(display: OutboxRow) -> int:
    """Which draft a display shows."""
    return int(display.subject.partition(":")[0])


def recipient(display: OutboxRow, channel_id: str) -> str:
    """The person a draft is for, or the incident's channel."""
    return display.subject.partition(":")[2] or channel_id


def mark_stale(session: Session, promise: Promise) -> None:
    """Something became of an update: the draft that shows it must be drawn again."""
    if promise.draft_id is None:
        return
    # Each is named after the draft and after whom it is for.
    outbox.mark_stale_subject(session, promise.incident_id, (kinds.DRAFT,), str(promise.draft_id))
    session.flush()
    shown = drafts.promises_of(session, promise.draft_id)
    if not any(other.state in (WAITING, PAUSED) for other in shown):
        outbox.stop_following(session, promise.incident_id, kinds.DRAFT, str(promise.draft_id))


def mark_all_stale(session: Session, incident_id: int) -> None:
    """Every draft of the incident must be drawn again."""
    outbox.mark_stale(session, incident_id, (kinds.DRAFT,))
