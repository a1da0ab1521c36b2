"""Changing an incident: severity, status, impact. One transaction each; Slack is brought up to date afterwards."""

from datetime import datetime
from difflib import get_close_matches

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.escalation import ladder
from bot.incidents import rules
from bot.incidents import tables as incidents
from bot.incidents.change import changing
from bot.incidents.tables import Incident
from bot.outbox import sending as notice_flow
from bot.partners import following as partners
from bot.playbooks.following import follow
from bot.services import Services
from bot.slack.text import escape
from bot.timeline import tables as timeline
from bot.updates import promise_actions as promises
from bot.updates import tables as updates
from bot.updates.promise_actions import Asked
from bot.updates.sending import start_due

ON_ITS_WAY = "The update is on its way."


class UnknownType(WatchfloorError):
    """`{given}` is not a type of incident on this floor. There are {known}."""


def change_severity(services: Services, number: int, severity: str, reason: str, by: str, now: datetime) -> str:
    """Change the severity; the promised updates move to its rhythm. Gives back what to answer."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        if incident.severity == severity:
            return f"It is {severity} already; nothing was changed."
        old = incident.severity
        set_severity(session, services, incident, severity, reason, by, now)
    start_due(services, now)
    notice_flow.send_soon(services)
    return f"The severity is {severity} now, it was {old}. Updates follow its rhythm."


def set_severity(
    session: Session, services: Services, incident: Incident, severity: str, reason: str, by: str, now: datetime
) -> None:
    """The same within a transaction on the incident."""
    old, incident.severity = incident.severity, severity
    facts = {"old": old, "new": severity, "reason": reason or "no reason given"}
    timeline.append(session, incident.number, "severity", now, by, **facts)
    promises.retime(session, services, incident, now)
    ladder.follow_severity(session, services, incident, old, now)
    partners.follow(session, services, incident, now)
    follow(session, services, incident, now)


def change_type(services: Services, number: int, kind: str, by: str, now: datetime) -> str:
    """Say what the incident is about; a playbook that fits better is offered. Gives back what to answer."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        old, incident.type = incident.type, read_type(services, kind)
        session.add(incident)
        title = services.floor.types[incident.type]
        timeline.append(session, number, "type", now, by, old=services.floor.types.get(old, old), new=title)
        follow(session, services, incident, now)
    notice_flow.send_soon(services)
    return f"It is about {title} now."


def read_type(services: Services, given: str) -> str:
    """One of the floor's types from its name or title, as people write it."""
    known = {name: name for name in services.floor.types}
    known |= {title.casefold(): name for name, title in services.floor.types.items()}
    near = get_close_matches(given.strip().casefold().replace("-", "_"), known, n=1, cutoff=0.6)
    if not near:
        raise UnknownType(given=escape(given.strip()[:40]) or "nothing", known=", ".join(services.floor.types))
    return known[near[0]]


def change_status(services: Services, number: int, status: str, reason: str, by: str, now: datetime) -> str:
    """Set where the incident stands. Gives back what to answer."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        if incident.status == status:
            return f"It is {status} already; nothing was changed."
        old = incident.status
        set_status(session, services, incident, status, reason, by, now)
    start_due(services, now)
    return f"The status is {status} now, it was {old}."


def set_status(
    session: Session, services: Services, incident: Incident, status: str, reason: str, by: str, now: datetime
) -> None:
    """The same within a transaction on the incident."""
    if incident.status == rules.Status.RESOLVED:
        promises.begin(session, services, incident, now)
        ladder.reopen(session, incident.number, now)
        partners.reopen(session, services, incident, now)
    old = incident.status
    incidents.change_status(session, incident, status, now)
    timeline.append(session, incident.number, "status", now, by, old=old, new=status, reason=reason)
    promises.on_change(session, services, incident, now)


def describe_impact(services: Services, number: int, words: str, by: str, now: datetime) -> str:
    """Say who feels what; it stands on the card and in every update. Gives back what to answer."""
    if not words:
        raise rules.ImpactMissing()
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
        if updates.was_asked_for(session, number, f"manual:{key}"):
            return ON_ITS_WAY
        told = promises.now_for_all(session, services, incident, now, Asked(f"manual:{key}", by, words))
    start_due(services, now)
    if not told:
        return f"No audience is told of a {incident.severity} before it closes, so nothing was sent."
    return ON_ITS_WAY
