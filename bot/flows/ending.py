"""Resolving, closing and reopening. Closing hands the post-mortem draft to the commander."""

from datetime import datetime

from bot.flows import promises
from bot.flows.changes import changing
from bot.flows.postmortem import deliver_soon
from bot.flows.update import start_due
from bot.incidents import rules
from bot.incidents import tables as incidents
from bot.postmortems import tables as postmortems
from bot.services import Services
from bot.timeline import tables as timeline


def resolve(services: Services, number: int, reason: str, key: str, by: str, now: datetime) -> str:
    """The impact is over: a last update goes to everyone who was told."""
    with changing(services, number, by, "close") as (session, incident):
        rules.check_may_change(number, incident.status)
        if incident.status == rules.Status.RESOLVED:
            return "It is resolved already. `/incident close` closes it."
        incidents.change_status(session, incident, rules.Status.RESOLVED, now)
        timeline.append(session, number, "resolved", now, by, reason=reason)
        promises.now_for_all(session, services, incident, now, f"{promises.RESOLVED}:{key}", by, "")
    start_due(services, now)
    return "Resolved. The last update is on its way; `/incident close` closes it when everything is cleaned up."


def close(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """It is over: the draft of the post-mortem goes to the commander, or to the declarer when nobody led."""
    with changing(services, number, by, "close") as (session, incident):
        rules.check_may_close(number, incident.status)
        incidents.change_status(session, incident, rules.Status.CLOSED, now)
        timeline.append(session, number, "closed", now, by, reason=reason)
        promises.at_close(session, services, incident, now)
        recipient = incidents.commander(session, number) or incident.declared_by
        postmortem_id = postmortems.request(session, number, recipient, now)
    deliver_soon(services, postmortem_id)
    start_due(services, now)
    return f"Closed. The post-mortem draft goes to <@{recipient}> by direct message."


def reopen(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """It is not over after all: updates are promised again."""
    with changing(services, number, by, "close") as (session, incident):
        rules.check_may_reopen(number, incident.status)
        incidents.change_status(session, incident, rules.Status.INVESTIGATING, now)
        timeline.append(session, number, "reopened", now, by, reason=reason)
        promises.end(session, number)
        promises.begin(session, services, incident, now)
        promises.on_change(session, services, incident, now)
    start_due(services, now)
    return f"Incident {number} is open again and updates are promised again."
