"""Actions on an incident: change its severity. One transaction; its event triggers the consequences."""

from datetime import datetime

from bot.incidents import rules, wording
from bot.incidents.change import Change, changing
from bot.incidents.events import SeverityChanged
from bot.services import Services


def change_severity(services: Services, number: int, severity: str, reason: str, by: str, now: datetime) -> str:
    """Change the severity; the promised updates move to its cadence. Return the answer to show."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old_severity = change.incident.severity
        if old_severity == severity:
            raise rules.NotChanged(state=severity)
        set_severity(change, severity, reason)
    return wording.severity_changed(old_severity, severity)


def set_severity(change: Change, severity: str, reason: str) -> None:
    """The same within a transaction on the incident."""
    old_severity, change.incident.severity = change.incident.severity, severity
    change.log("severity", old=old_severity, new=severity, reason=reason or "no reason given")
    change.publish(SeverityChanged(old_severity, severity))
