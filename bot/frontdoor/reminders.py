"""Forgotten messages: the lead is asked whether one is still needed, then others are told, until it is off."""

from datetime import datetime

from bot import outbox
from bot.frontdoor import rules, tables, views
from bot.frontdoor.rules import Wording
from bot.frontdoor.tables import CallerMessage
from bot.incidents.change import Change, changing_by_clock
from bot.incidents.events import AnswerOverdue
from bot.incidents.roles import lead_of
from bot.incidents.unanswered import post_unanswered
from bot.outbox import kinds
from bot.services import Services
from bot.slack.text import channel_link

REASON = "nobody says whether a caller message is still needed"


def remind(services: Services, now: datetime) -> None:
    """Ask once about every message that is due, however many replicas run."""
    with services.database.reading() as session:
        due_messages = [(message.number, message.incident_id) for message in tables.due(session, now)]
    for message_id, number in due_messages:
        with changing_by_clock(services, number, now) as change:
            _remind_or_escalate(change, tables.get(change.session, message_id))


def _remind_or_escalate(change: Change, message: CallerMessage) -> None:
    if message.due_at is None or message.due_at > change.now or message.incident_id != change.number:
        return
    front_door, wording = change.services.floor.front_door, tables.wording_of(change.session, message)
    message.due_at = rules.next_due(
        message.reminded_at, change.now, front_door.escalated_after, front_door.look_again_after
    )
    if message.reminded_at is None:
        _remind(change, message, wording)
    else:
        _escalate(change, message, wording)
    change.mark_stale(kinds.FRONT_DOOR)


def _remind(change: Change, message: CallerMessage, wording: Wording) -> None:
    message.reminded_at = change.now
    channel = channel_link(change.incident.channel_id or "")
    text, blocks = views.reminder(message, wording, change.incident, channel, change.now)
    lead = lead_of(change.session, change.incident)
    key = f"frontdoor:{message.number}:{change.now.isoformat()}:ask"
    outbox.post(change.session, key, lead, text, change.now, incident_id=change.number, blocks=blocks)
    change.log("front_door_reminded", user=lead)


def _escalate(change: Change, message: CallerMessage, wording: Wording) -> None:
    message.reminded_at, message.escalations = None, message.escalations + 1
    key = f"frontdoor:{message.number}:{message.escalations}"
    text = views.forgotten_text(message, wording, change.now)
    post_unanswered(change, text, key)
    change.log("front_door_forgotten")
    change.publish(AnswerOverdue(key, REASON))
