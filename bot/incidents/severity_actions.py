"""Changes the severity of an incident: one transaction, whose event triggers the consequences."""

from datetime import datetime

from bot import outbox
from bot.incidents import incidents, invitations, rules, wording
from bot.incidents.change import Change, changing
from bot.incidents.events import SeverityChanged
from bot.services import Services
from bot.slack.text import mention, one_line


def change_severity(
    services: Services, number: int, severity: str, reason: str, by: str, now: datetime, shown: str = ""
) -> str:
    """Change the severity; the promised updates move to its cadence. Return the answer.

    `shown` is the severity that a form showed as the current one.
    """
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old_severity = change.incident.severity
        rules.check_new_state(severity, old_severity, shown)
        set_severity(change, severity, reason)
    return " ".join(
        [wording.SEVERITY_CHANGED.format(old_severity=old_severity, new_severity=severity), *change.answers]
    )


def set_severity(change: Change, severity: str, reason: str) -> None:
    """The same within a transaction on the incident."""
    old_severity, change.incident.severity = change.incident.severity, severity
    entry_number = change.log("severity", old=old_severity, new=severity, reason=reason or rules.NO_REASON)
    change.publish(SeverityChanged(old_severity, severity))
    _tell_commander(change, old_severity, reason, f"severity:{entry_number}")
    if rules.is_higher(severity, than=old_severity):
        invited_before = change.services.floor.invited(old_severity, change.incident.type)
        invitations.invite_added(change, invited_before, f"severity:{entry_number}:responders")


def _tell_commander(change: Change, old_severity: str, reason: str, key: str) -> None:
    """Mention the commander in the channel if somebody else changed the severity: topic and card notify nobody."""
    commander, incident = incidents.commander(change.session, change.number), change.incident
    if commander is None or commander == change.by:
        return
    verb = "raised" if rules.is_higher(incident.severity, than=old_severity) else "lowered"
    text = wording.severity_changed_by_other(
        mention(commander),
        mention(change.by),
        verb,
        old_severity,
        incident.severity,
        one_line(reason, rules.REASON_SHOWN),
    )
    target = incident.channel_id or commander
    outbox.post(change.session, key, target, text, change.now, incident_id=change.number)
