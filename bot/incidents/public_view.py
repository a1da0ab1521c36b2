"""The view of an incident for other systems, by API and webhooks. Only for incidents that are not private."""

from datetime import datetime
from typing import Any

from bot.incidents.tables import Incident

MOMENTS = ("declared_at", "mitigated_at", "resolved_at", "closed_at")


def public_view(incident: Incident) -> dict[str, Any]:
    """Return the incident as plain data, with times in UTC."""
    assert not incident.is_private
    moments: dict[str, datetime | None] = {name: getattr(incident, name) for name in MOMENTS}
    return {
        "number": incident.number,
        "title": incident.title,
        "severity": incident.severity,
        "status": str(incident.status),
        "type": incident.type,
        "sites": list(incident.sites),
        "partners": list(incident.partners),
        "impact": incident.impact,
        "cause": incident.cause,
        "is_drill": incident.is_drill,
        "channel_id": incident.channel_id,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }
