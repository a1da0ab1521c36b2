"""Auditor check: open incidents without a promised update."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.incidents.audiences import audiences_of
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import pauses, tables


def incidents_without_update(
    session: Session, services: Services, now: datetime
) -> Callable[[Incident], dict[str, str]]:
    """Return a check for incidents that have audiences with scheduled updates but no update promised to any."""
    promised_or_paused = tables.incidents_with_promise(session) | pauses.current_by_incident(session).keys()

    def check_incident(incident: Incident) -> dict[str, str]:
        audiences = audiences_of(services, incident).values()
        is_scheduled = any(
            isinstance(audience.usual_cadence(incident.severity), timedelta) for audience in audiences
        )
        if incident.number in promised_or_paused or not is_scheduled:
            return {}
        return {f"no update:{incident.number}": "has no next update promised to anybody"}

    return check_incident
