"""What people do with an incident: change its severity, describe its impact. One transaction
each; what follows is called by the event."""

from datetime import datetime

from bot.incidents import rules
from bot.incidents.change import Change, changing
from bot.incidents.events import ImpactChanged, SeverityChanged
from bot.services import Services


def change_severity(services: Services, number: int, severity: str, reason: str, by: str, now: datetime) -> str:
    """Change the severity; the promised updates move to its rhythm. Gives back what to answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old = change.incident.severity
        if old == severity:
            return f"It is {severity} already; nothing was changed."
        set_severity(change, severity, reason)
    return f"The severity is {severity} now, it was {old}. Updates follow its rhythm."


def set_severity(change: Change, severity: str, reason: str) -> None:
    """The same within a transaction on the incident."""
    old, change.incident.severity = change.incident.severity, severity
    change.log("severity", old=old, new=severity, reason=reason or "no reason given")
    change.publish(SeverityChanged(old, severity))


def describe_impact(services: Services, number: int, impact_text: str, by: str, now: datetime) -> str:
    """Say who feels what; it stands on the card and in every update. Gives back what to answer."""
    if not impact_text:
        raise rules.ImpactMissing()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if change.incident.impact != impact_text:
            change.incident.impact = impact_text
            change.session.add(change.incident)
            change.log("impact", text=impact_text)
            change.publish(ImpactChanged())
    return "The impact stands on the card and in the next update."
