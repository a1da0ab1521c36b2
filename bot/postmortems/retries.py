"""What Slack refused for a post-mortem is tried again: for a person's copy, or in another place of publication."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.outbox import kinds
from bot.postmortems import copies, review, versions
from bot.postmortems.copies import Copy
from bot.postmortems.tables import PostMortem


def start_over(session: Session, copy: Copy) -> None:
    """Forget that Slack refused a copy, so that `deliver` tries again from the beginning, with new files."""
    if copy.trouble is None:
        return
    copy.trouble = None
    _forget_attempts(session, copy)


def _forget_attempts(session: Session, copy: Copy) -> None:
    versions.remove_unshared_uploads(session, copy)
    # The rows' keys would otherwise keep the same from being enqueued once more.
    for kind, subject in (
        (kinds.POST_MORTEM, copy.number),
        (kinds.POST_MORTEM_FILES, copy.number),
        (kinds.POST_MORTEM_UPLOAD, copy.postmortem_id),
    ):
        outbox.remove_untried(session, copy.incident_id, kind, str(subject))
    # It shows what Slack refuses.
    outbox.mark_stale(session, copy.incident_id, (kinds.CARD,))


def withdraw_refused_publication(session: Session, postmortem: PostMortem, now: datetime) -> None:
    """Remove the copy for a place that Slack refused, with its message. Raises `BeingPublished` if it may come."""
    for copy in copies.of_postmortem(session, postmortem.number):
        if not copy.is_published:
            continue
        message_row = outbox.find(session, copy.incident_id, kinds.POST_MORTEM, str(copy.number))
        if copy.trouble is None or (message_row and message_row.ts is None and message_row.attempted_at):
            raise review.BeingPublished()
        _forget_attempts(session, copy)
        if message_row and message_row.ts:
            payload = {"channel_id": message_row.channel_id, "ts": message_row.ts}
            outbox.enqueue(session, kinds.DELETION, f"delete:{message_row.key}", now, payload=payload)
            session.delete(message_row)
        session.delete(copy)
        session.flush()
