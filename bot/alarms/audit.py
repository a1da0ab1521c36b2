"""The auditor: checks every minute whether Watchfloor itself forgot something, and raises each alarm once."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.alarms import tables as alarms
from bot.directory.administrators import administrators_channel_id
from bot.incidents import incidents
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.outbox.rules import MANY_FAILURES
from bot.runtime.clock import utcnow
from bot.runtime.workflows import MOST_FAILURES
from bot.services import Services
from bot.slack.text import escape, format_duration

EVERY_S = 60
STUCK_AFTER = timedelta(minutes=5)

Findings = dict[str, str]


def audit(services: Services) -> None:
    """Look for problems that would otherwise go unnoticed; report new ones to the administrators."""
    audit_at(services, utcnow())


def audit_at(services: Services, now: datetime, stuck_after: timedelta = STUCK_AFTER) -> None:
    """Audit as of a given moment."""
    with services.database.reading() as session:
        findings = _overdue_work(session, services, now) | _failing_rows(session)
        for audit_floor in services.get(Registry).audits_of_floor:
            findings |= audit_floor(session, services, now)
    findings |= _stuck_flows(services, stuck_after)
    administrators_channel = administrators_channel_id(services)
    with services.database.transaction() as session:
        alarms.clear_others(session, findings.keys(), now)
        for key, text in findings.items():
            alarm = alarms.raise_alarm(session, key, text, now)
            if alarm and administrators_channel:
                outbox.post(session, f"alarm:{alarm.id}", administrators_channel, f"🚨 {text}", now)


def _overdue_work(session: Session, services: Services, now: datetime) -> Findings:
    checks = [audit(session, services, now) for audit in services.get(Registry).audits]
    return {
        key: _finding_text(incident, problem)
        for incident in incidents.all_open(session)
        for check in checks
        for key, problem in check(incident).items()
    }


def _failing_rows(session: Session) -> Findings:
    """Deliveries that Slack or a webhook has long not accepted: one alarm per reason, however many rows wait."""
    findings: Findings = {}
    for failure in outbox.failing(session, MANY_FAILURES):
        incident_text = f" of incident {failure.incident_id}" if failure.incident_id else ""
        more_text = f" and {failure.count - 1} more" if failure.count > 1 else ""
        reason = escape(failure.error) or "the reason is in the log"
        findings[f"outbox:{failure.kind}:{failure.error}"] = (
            f"`{failure.kind}`{incident_text}{more_text} could not be delivered in {MANY_FAILURES} tries or more: "
            f"{reason}. It is tried again until it is there; for a person who is gone, once more."
        )
    return findings


def _finding_text(incident: Incident, problem: str) -> str:
    # Only the number: the text of a private incident stays in its channel.
    return f"Incident {incident.number} ({incident.severity}) {problem}."


def _stuck_flows(services: Services, stuck_after: timedelta) -> Findings:
    keys = services.flows.stuck(stuck_after.total_seconds())
    text = f"was begun more than {format_duration(stuck_after)} ago and is not finished."
    sentences = {f"stuck:{key}": f"`{escape(key)}` {text}" for key in keys}
    remedy = "`watchfloor flows retry KEY` starts it again, `watchfloor flows drop KEY` ends this alarm."
    for key in services.flows.given_up():
        sentences[f"given up:{key}"] = f"`{escape(key)}` failed {MOST_FAILURES} times and was given up. {remedy}"
    return sentences
