"""Draft messages and their recipients. They follow the incident until their updates are sent."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.updates import drafts
from bot.updates.drafts import Draft
from bot.updates.tables import PAUSED, WAITING, Promise


def add(session: Session, draft: Draft, now: datetime) -> None:
    for user_id in draft.user_ids or [""]:
        outbox.add(session, kinds.DRAFT, draft.incident_id, now, _subject(draft, user_id), follows_incident=True)


def update_recipients(session: Session, draft: Draft, now: datetime) -> None:
    """Send the draft to new recipients, and re-render every existing copy."""
    outbox.mark_stale_subject(session, draft.incident_id, (kinds.DRAFT,), str(draft.number))
    for user_id in draft.user_ids or [""]:
        if outbox.find(session, draft.incident_id, kinds.DRAFT, _subject(draft, user_id)) is None:
            outbox.add(
                session, kinds.DRAFT, draft.incident_id, now, _subject(draft, user_id), follows_incident=True
            )


def is_for(display: OutboxRow, draft: Draft) -> bool:
    """True if the draft is decided with this copy; False if it was passed on."""
    return display.subject.partition(":")[2] in (draft.user_ids or [""])


def _subject(draft: Draft, user_id: str) -> str:
    return f"{draft.id}:{user_id}"


def draft_of(display: OutboxRow) -> int:
    return int(display.subject.partition(":")[0])


def recipient(display: OutboxRow, channel_id: str) -> str:
    """The user this copy is for, or the incident's channel."""
    return display.subject.partition(":")[2] or channel_id


def mark_stale(session: Session, promise: Promise) -> None:
    """Mark the draft that shows an update for re-rendering, because the update changed."""
    if promise.draft_id is None:
        return
    # The subject of each copy holds the draft's id and the recipient's.
    outbox.mark_stale_subject(session, promise.incident_id, (kinds.DRAFT,), str(promise.draft_id))
    shown_promises = drafts.promises_of(session, promise.draft_id)
    if not any(other.state in (WAITING, PAUSED) for other in shown_promises):
        outbox.stop_following(session, promise.incident_id, kinds.DRAFT, str(promise.draft_id))


def mark_all_stale(session: Session, incident_id: int) -> None:
    """Mark every draft of the incident for re-rendering."""
    outbox.mark_stale(session, incident_id, (kinds.DRAFT,))
