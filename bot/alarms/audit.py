"""The auditor: every minute it looks whether Watchfloor itself forgot something, and raises an alarm once."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.alarms import tables as alarms
from bot.directory.administrators import administrators
from bot.incidents import tables as incidents
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.outbox import tables as outbox
from bot.runtime.clock import utcnow
from bot.runtime.workflows import MOST_FAILURES
from bot.services import Services
from bot.slack.text import escape, lasting

EVERY_S = 60
STUCK_AFTER = timedelta(minutes=5)

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
                outbox.post(session, f"alarm:{alarm.id}", told, f"🚨 {words}", now)


def _forgotten(session: Session, services: Services, now: datetime) -> Found:
    looks = [audit(session, services, now) for audit in services.get(Registry).audits]
    return {
        key: _words(incident, what)
        for incident in incidents.open_ones(session)
        for look in looks
        for key, what in look(incident).items()
    }


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
