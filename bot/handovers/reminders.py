"""Unaccepted handovers: remind the recipient, then tell others. The outgoing person stays in command."""

from datetime import datetime

from bot import outbox
from bot.handovers import rules, tables, views, wording
from bot.handovers.tables import Handover
from bot.incidents.change import Change, changing_by_clock
from bot.incidents.events import HandoverUnaccepted
from bot.incidents.unanswered import post_unanswered
from bot.outbox import kinds
from bot.services import Services
from bot.slack.text import channel_link, mention, near_time


def remind(services: Services, now: datetime) -> None:
    """Send due reminders and escalations; each is sent once, however many replicas tick."""
    with services.database.reading() as session:
        due = [(handover.number, handover.incident_id or 0) for handover in tables.due(session, now)]
    for handover_id, number in due:
        with changing_by_clock(services, number, now) as change:
            _remind_or_escalate(change, tables.get(change.session, handover_id))


def _remind_or_escalate(change: Change, handover: Handover) -> None:
    if handover.due_at is None or handover.due_at > change.now:
        return
    if handover.reminded_at is None:
        _remind(change, handover)
    else:
        _escalate(change, handover)


def _remind(change: Change, handover: Handover) -> None:
    floor, now = change.services.floor.handovers, change.now
    handover.reminded_at = now
    # A reminder that was late, after a restart, still leaves time to answer.
    time_to_answer = floor.escalated_after - floor.reminded_after
    due_at = rules.next_due(handover.offered_at, now, floor.reminded_after, floor.escalated_after)
    handover.due_at = max(due_at, now + time_to_answer)
    where = channel_link(change.incident.channel_id or "")
    text = wording.REMINDER.format(
        person=mention(handover.from_id),
        number=change.number,
        where=where,
        since=near_time(handover.offered_at, now),
    )
    key = f"handover:{handover.number}:reminder"
    outbox.post(change.session, key, handover.to_id, text, now, incident_id=change.number)
    change.mark_stale(kinds.HANDOVER)
    change.log("handover_reminded", user=handover.to_id)


def _escalate(change: Change, handover: Handover) -> None:
    handover.escalated_at, handover.due_at = change.now, None
    text, key = views.unaccepted_text(handover, change.now), f"handover:{handover.number}:unaccepted"
    post_unanswered(change, text, key)
    change.log("handover_unaccepted", user=handover.to_id)
    change.publish(HandoverUnaccepted(f"handover:{handover.number}", handover.from_id, handover.to_id))
