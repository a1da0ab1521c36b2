"""The auditor: every minute it looks whether Watchfloor itself forgot something, and raises an alarm once."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.alarms import tables as alarms
from bot.config.floor import Severity
from bot.directory.administrators import administrators
from bot.escalation import tables as escalation
from bot.escalation.tables import Answer
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.outbox import notices
from bot.runtime.clock import utcnow
from bot.runtime.workflows import MOST_FAILURES
from bot.services import Services
from bot.slack.text import escape, lasting
from bot.updates import pauses
from bot.updates import scheduling as promising
from bot.updates import tables as updates

STUCK_AFTER = timedelta(minutes=5)
# Two ticks of a slow minute: what is due is begun within a second.
LATE_AFTER = timedelta(minutes=2)

Found = dict[str, str]


def audit(services: Services) -> None:
    """Look for what nobody would otherwise notice; tell the administrators of what is new."""
    look(services, utcnow())


def look(services: Services, now: datetime, stuck_after: timedelta = STUCK_AFTER) -> None:
    """The same at a given moment."""
    with services.store.reading() as session:
        found = _forgotten(session, services, now)
    found |= _stuck(services, stuck_after)
    told = administrators(services)
    with services.store.transaction() as session:
        alarms.clear_all_but(session, found.keys(), now)
        for key, words in found.items():
            alarm = alarms.sound(session, key, words, now)
            if alarm and told:
                notices.add(session, f"alarm:{alarm.id}", told, f"🚨 {words}", now)


def _forgotten(session: Session, services: Services, now: datetime) -> Found:
    found: Found = {}
    promised = updates.incidents_with_promise(session) | pauses.all_current(session).keys()
    due_turns = {number for number, _, _ in escalation.due(session, now - LATE_AFTER)}
    for incident in incidents.open_ones(session):
        if incident.number not in promised and _has_clock(services, incident):
            found[f"no update:{incident.number}"] = _words(incident, "has no next update promised to anybody")
        if incident.number in due_turns:
            found[f"late tier:{incident.number}"] = _words(incident, "has an escalation that is not carried out")
        if _nobody_is_next(session, services.floor.severity(incident.severity), incident, now):
            found[f"nobody next:{incident.number}"] = _words(
                incident, "has no commander, and nobody is next on its escalation ladder"
            )
    return found


def _has_clock(services: Services, incident: Incident) -> bool:
    audiences = promising.audiences(services, incident).values()
    return any(isinstance(audience.rhythm(incident.severity), timedelta) for audience in audiences)


def _nobody_is_next(session: Session, severity: Severity, incident: Incident, now: datetime) -> bool:
    """Is the time for a commander over, with none named, nobody on the way and nobody left to tell?"""
    within = severity.commander_within
    if within is None or incident.declared_at + within + LATE_AFTER > now:
        return False
    if incidents.commander(session, incident.number):
        return False
    if any(rung.due_at for rung in escalation.ladder(session, incident.number)):
        return False
    return all(page.answer != Answer.COMING for page in escalation.pages(session, incident.number))


def _words(incident: Incident, what: str) -> str:
    # The number alone: the words of a private incident stay in its channel.
    return f"Incident {incident.number} ({incident.severity}) {what}."


def _stuck(services: Services, after: timedelta) -> Found:
    keys = services.flows.stuck(after.total_seconds())
    words = f"was begun more than {lasting(after)} ago and is not finished."
    found = {f"stuck:{key}": f"`{escape(key)}` {words}" for key in keys}
    remedy = "`watchfloor flows retry KEY` starts it again, `watchfloor flows drop KEY` ends this alarm."
    for key in services.flows.given_up():
        found[f"given up:{key}"] = f"`{escape(key)}` failed {MOST_FAILURES} times and was given up. {remedy}"
    return found
