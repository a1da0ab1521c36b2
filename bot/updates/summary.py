"""What updates say to somebody who takes over: which are promised to whom, and when."""

from datetime import datetime

from sqlmodel import Session

from bot.incidents.audiences import audience_title
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, near_time
from bot.updates import tables


def promises_due(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """The updates that are promised, the next one first."""
    waiting = sorted(tables.waiting(session, incident.number), key=lambda promise: promise.due_at)
    return [
        f"{escape(audience_title(services, promise.audience))} {near_time(promise.due_at, now)}"
        for promise in waiting
    ]
