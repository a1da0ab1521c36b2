"""The first outbox rows of an incident that was just declared."""

from sqlmodel import Session

from bot import outbox
from bot.config.floor import Floor
from bot.incidents.tables import Incident
from bot.outbox import kinds


def add(session: Session, floor: Floor, incident: Incident) -> None:
    """Enqueue the card, topic, pin and bookmarks, and the digest unless the incident is private."""
    now = incident.declared_at
    outbox.add(session, kinds.CARD, incident.number, now, follows_incident=True, priority=outbox.FIRST)
    outbox.add(session, kinds.TOPIC, incident.number, now, follows_incident=True)
    outbox.add(session, kinds.PIN, incident.number, now)
    for bookmark in floor.bookmarks:
        subject = f"{bookmark.title}|{bookmark.url}|{bookmark.emoji}"
        outbox.add(session, kinds.BOOKMARK, incident.number, now, subject)
    if not incident.is_private:
        outbox.add(session, kinds.DIGEST, incident.number, now, follows_incident=True)
