"""Changing an incident: severity, status, impact. One transaction each; Slack is brought up to date afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from bot.displays import tables as displays
from bot.flows import promises
from bot.flows.displays import refresh_soon
from bot.flows.permissions import Deed, check, check_member
from bot.flows.update import start_due
from bot.incidents import rules
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.services import Services
from bot.timeline import tables as timeline


@contextmanager
def changing(services: Services, number: int, by: str, deed: Deed = "lead") -> Iterator[tuple[Session, Incident]]:
    """A transaction on an incident by someone who may do it; afterwards everything shown of it is drawn again."""
    check_member(services, by)
    with services.store.transaction() as session:
        incident = incidents.locked(session, number)
        check(services, session, by, deed, number)
        yield session, incident
        displays.outdate(session, number)
    refresh_soon(services, number)


def change_severity(services: Services, number: int, severity: str, reason: str, by: str, now: datetime) -> str:
    """Change the severity; the promised updates move to its rhythm. Gives back what to answer."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        if incident.severity == severity:
            return f"It is {severity} already; nothing was changed."
        old, incident.severity = incident.severity, severity
        facts = {"old": old, "new": severity, "reason": reason or "no reason given"}
        timeline.append(session, number, "severity", now, by, **facts)
        promises.retime(session, services, incident, now)
    start_due(services, now)
    return f"The severity is {severity} now, it was {old}. Updates follow its rhythm."


def change_status(services: Services, number: int, status: str, reason: str, by: str, now: datetime) -> str:
    """Set where the incident stands. Gives back what to answer."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        if incident.status == status:
            return f"It is {status} already; nothing was changed."
        if incident.status == rules.Status.RESOLVED:
            promises.begin(session, services, incident, now)
        old = incident.status
        incidents.change_status(session, incident, status, now)
        timeline.append(session, number, "status", now, by, old=old, new=status, reason=reason)
        promises.on_change(session, services, incident, now)
    start_due(services, now)
    return f"The status is {status} now, it was {old}."


def describe_impact(services: Services, number: int, words: str, by: str, now: datetime) -> str:
    """Say who feels what; it stands on the card and in every update. Gives back what to answer."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        if incident.impact != words:
            incident.impact = words
            session.add(incident)
            timeline.append(session, number, "impact", now, by, text=words)
    return "The impact stands on the card and in the next update."


def send_now(services: Services, number: int, words: str, key: str, by: str, now: datetime) -> str:
    """An update at once, with what the person says, to every audience; the next one is promised from now."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        told = promises.now_for_all(session, services, incident, now, f"manual:{key}", by, words)
    start_due(services, now)
    if not told:
        return f"No audience is told of a {incident.severity} before it closes, so nothing was sent."
    return "The update is on its way."
