"""Tells the lead when the bot can no longer write into the channel of a partner that was told of an incident."""

from bot.incidents.change import changing_by_clock
from bot.incidents.parse import Payload
from bot.incidents.rules import OPEN
from bot.partners import tables, wording
from bot.partners.handlers import ask_to_phone
from bot.runtime.clock import utcnow
from bot.services import Services


def record_channel_lost(services: Services, event: Payload) -> None:
    """Ask the lead of each open incident to phone the partners that were told in that channel."""
    channel_id = event["channel"]
    with services.database.reading() as session:
        numbers = tables.incidents_told_in(session, channel_id)
    for number in numbers:
        with changing_by_clock(services, number, utcnow()) as change:
            if change.incident.status not in OPEN:
                continue
            rows = [row for row in tables.of_incident(change.session, number) if row.channel_id == channel_id]
            key = f"lost:{channel_id}:{event.get('event_ts', '')}"
            ask_to_phone(change, rows, key, wording.CHANNEL_LOST)
