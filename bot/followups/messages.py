"""Renders follow-ups: the message in the incident's channel, and the direct messages to their owners."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.followups import tables, views
from bot.followups.tables import FollowUp
from bot.followups.views import FollowUpFacts
from bot.incidents import participants
from bot.incidents.change import Change
from bot.incidents.events import MadePrivate
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.kinds import Context
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.slack.blocks import Message

# The occasion of a direct message; it is part of the display's subject.
NEWS, REMINDER = "news", "reminder"
KINDS = (kinds.FOLLOW_UP, kinds.FOLLOW_UP_TOLD)


def mark_stale(session: Session, follow_up: FollowUp) -> None:
    outbox.mark_stale_subject(session, follow_up.incident_id, KINDS, str(follow_up.number))
    mark_checklist_stale(session, follow_up.incident_id)


def hide_words(change: Change, event: MadePrivate) -> None:
    """Render the direct messages again: a person outside the channel may no longer read the text.

    Nor may the readers of the weekly digests, which lose these lines; their figures stay.
    """
    outbox.mark_stale(change.session, change.number, (kinds.FOLLOW_UP_TOLD,))
    for week in tables.digests_since(change.session, change.incident.declared_at):
        row = outbox.by_key(change.session, f"{tables.DIGEST_KEY}{week}")
        if row:
            blocks = views.digest_without(row.blocks, change.incident)
            outbox.edit(change.session, row, blocks, change.now)


def mark_checklist_stale(session: Session, incident_id: int) -> None:
    """Mark the post-mortem's message as stale, because it shows whether each follow-up has an owner."""
    outbox.mark_stale(session, incident_id, (kinds.POST_MORTEM,))


def render(context: Context) -> Message:
    """Return one message with the follow-up's current state."""
    session, incident, display = context.session, context.incident, context.row
    if display.kind == kinds.FOLLOW_UP:
        return views.channel_message(_facts(session, incident, display.subject))
    number, message_number, reader_id, occasion = display.subject.split(":")
    may_read = not incident.is_private or participants.takes_part(session, incident.number, reader_id)
    direct_message = views.DirectMessage(
        reader_id, int(message_number), is_reminder=occasion == REMINDER, may_read=may_read
    )
    return views.owner_message(_facts(session, incident, number), direct_message)


def _facts(session: Session, incident: Incident, number: str) -> FollowUpFacts:
    return FollowUpFacts(tables.get(session, int(number)), incident, utcnow())


def recipient(display: OutboxRow) -> str:
    return display.subject.split(":")[2]


def notify_responsible(session: Session, follow_up: FollowUp, now: datetime, occasion: str = NEWS) -> None:
    """Enqueue a new direct message to the owner, or to the person who is to find one; none if it is finished."""
    if follow_up.responsible_id is None or not follow_up.is_open:
        return
    follow_up.told += 1
    subject = f"{follow_up.number}:{follow_up.told}:{follow_up.responsible_id}:{occasion}"
    outbox.add(session, kinds.FOLLOW_UP_TOLD, follow_up.incident_id, now, subject)
