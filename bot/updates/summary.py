"""Updates in handovers: the promised ones, with their audiences and times."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.incidents.audiences import audience_title
from bot.incidents.handover_items import HandoverItem
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, near_time
from bot.updates import due_promises, tables

HANDED_OVER_WITHIN = timedelta(hours=2)


def promises_due(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """Promised updates by time, with their audiences, soonest first."""
    titles_by_time: dict[str, list[str]] = {}
    for promise in sorted(tables.waiting(session, incident.number), key=lambda promise: promise.due_at):
        title = escape(audience_title(services, promise.audience))
        titles_by_time.setdefault(near_time(promise.due_at, now), []).append(title)
    return [f"{due_text}: {', '.join(audiences)}" for due_text, audiences in titles_by_time.items()]


def promises_to_hand_over(session: Session, services: Services, now: datetime) -> Sequence[HandoverItem]:
    """The updates due in the first two hours of the next shift."""
    return [
        HandoverItem(
            key=f"promise:{promise.row}",
            title=f"Update of #{incident.number} to {audience_title(services, promise.audience)}",
            severity=incident.severity,
            due_at=promise.due_at,
            channel_id=incident.channel_id or "",
            incident_id=incident.number,
        )
        for promise, incident in due_promises.due_before(session, now + HANDED_OVER_WITHIN)
    ]
