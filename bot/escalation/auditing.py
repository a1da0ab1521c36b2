"""Auditor checks: an escalation that is not carried out, and an incident for which nobody is next."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.config.floor import Severity
from bot.escalation import ladder_tables, tables
from bot.escalation.tables import Answer
from bot.incidents import incidents
from bot.incidents.tables import Incident
from bot.services import Services

# Two ticks of a slow minute: due work normally starts within a second.
LATE_AFTER = timedelta(minutes=2)


def escalations_that_stopped(
    session: Session, services: Services, now: datetime
) -> Callable[[Incident], dict[str, str]]:
    """Return a check for incidents whose next tier is late, or that have no commander and nobody next to page."""
    due_turns = {number for number, _, _ in ladder_tables.due(session, now - LATE_AFTER)}

    def check(incident: Incident) -> dict[str, str]:
        sentences = {}
        if incident.number in due_turns:
            sentences[f"late tier:{incident.number}"] = "has an escalation that is not carried out"
        if _has_nobody_to_escalate_to(session, services.floor.severity(incident.severity), incident, now):
            sentences[f"nobody next:{incident.number}"] = (
                "has no commander, and nobody is next on its escalation ladder"
            )
        return sentences

    return check


def _has_nobody_to_escalate_to(session: Session, severity: Severity, incident: Incident, now: datetime) -> bool:
    """True if the time to name a commander has passed without one, and nobody is coming or left to page."""
    within = severity.commander_within
    if within is None or incident.declared_at + within + LATE_AFTER > now:
        return False
    if incidents.commander(session, incident.number):
        return False
    if any(rung.due_at for rung in ladder_tables.ladder(session, incident.number)):
        return False
    return all(page.answer != Answer.COMING for page in tables.pages(session, incident.number))
