"""Resolving, closing and reopening. Closing hands the post-mortem draft to the commander."""

from datetime import datetime

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.escalation import ladder
from bot.incidents import rules
from bot.incidents import tables as incidents
from bot.incidents.change import changing
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.partners import following as partners
from bot.playbooks import steps
from bot.playbooks import tables as playbooks
from bot.playbooks.following import offer_after_reopening
from bot.playbooks.progress import blocking
from bot.playbooks.run_actions import stop_all
from bot.playbooks.step_actions import write_down
from bot.playbooks.tables import PlaybookStep
from bot.postmortems import request as postmortem_request
from bot.postmortems import tables as postmortems
from bot.postmortems.delivery import deliver_soon
from bot.services import Services
from bot.slack.text import escape, mention
from bot.timeline import tables as timeline
from bot.updates import pacing
from bot.updates import promise_actions as promises
from bot.updates.promise_actions import Asked
from bot.updates.sending import start_due


class StepsStandInTheWay(WatchfloorError):
    """Before you {act}, the playbook wants: {steps}. Finish them, or press {button} on the control panel
    (`/incident`) to go on without them for a reason."""


def resolve(
    services: Services, number: int, reason: str, key: str, by: str, now: datetime, waiver: str = ""
) -> str:
    """The impact is over: a last update goes to everyone who was told."""
    with changing(services, number, by, "close") as (session, incident):
        rules.check_may_change(number, incident.status)
        if incident.status == rules.Status.RESOLVED:
            return "It is resolved already. `/incident close` closes it."
        _clear_the_way(session, number, "resolve", waiver, by, now)
        incidents.change_status(session, incident, rules.Status.RESOLVED, now)
        timeline.append(session, number, "resolved", now, by, reason=reason)
        pacing.lift(session, number, now)
        promises.now_for_all(session, services, incident, now, Asked(f"{promises.RESOLVED}:{key}", by))
        ladder.end(session, number)
        partners.clear(session, services, incident, now)
    start_due(services, now)
    return "Resolved. The last update is on its way; `/incident close` closes it when everything is cleaned up."


def close(services: Services, number: int, reason: str, by: str, now: datetime, waiver: str = "") -> str:
    """It is over: the draft of the post-mortem goes to the commander, or to the declarer when nobody led."""
    with changing(services, number, by, "close") as (session, incident):
        rules.check_may_close(number, incident.status)
        _clear_the_way(session, number, "close", waiver, by, now)
        incidents.change_status(session, incident, rules.Status.CLOSED, now)
        timeline.append(session, number, "closed", now, by, reason=reason)
        promises.at_close(session, services, incident, now)
        ladder.end(session, number)
        stop_all(session, number, by, now)
        recipient, postmortem_id = postmortem_request.at_close(session, services, incident, now)
    deliver_soon(services, postmortem_id)
    start_due(services, now)
    return f"Closed. The post-mortem draft goes to {mention(recipient)} by direct message."


def reopen(services: Services, number: int, reason: str, by: str, now: datetime) -> str:
    """It is not over after all: updates are promised again."""
    with changing(services, number, by, "close") as (session, incident):
        rules.check_may_reopen(number, incident.status)
        incidents.change_status(session, incident, rules.Status.INVESTIGATING, now)
        timeline.append(session, number, "reopened", now, by, reason=reason)
        postmortems.put_aside(session, number)
        outbox.mark_stale(session, number, (kinds.POST_MORTEM,))
        promises.end(session, number, now)
        promises.begin(session, services, incident, now)
        ladder.reopen(session, number, now)
        partners.reopen(session, services, incident, now)
        promises.on_change(session, services, incident, now)
        offer_after_reopening(session, services, incident, now)
    start_due(services, now)
    return f"Incident {number} is open again and updates are promised again."


def in_the_way(session: Session, number: int, act: str) -> list[PlaybookStep]:
    """The steps that the running playbooks want finished before one may `resolve` or `close`."""
    found: list[PlaybookStep] = []
    for run in playbooks.runs_of(session, number):
        if run.is_running:
            found += blocking(playbooks.steps_of(session, run.number), act)
    return found


def _clear_the_way(session: Session, number: int, act: str, waiver: str, by: str, now: datetime) -> None:
    """Waive what stands in the way, for a reason; without one it is refused, naming the steps."""
    required = in_the_way(session, number, act)
    if required and not waiver:
        named = "; ".join(f"“{escape(step.title)}”" for step in required)
        raise StepsStandInTheWay(act=act, steps=named, button=f"*{act.capitalize()}…*")
    for step in required:
        write_down(session, steps.waive(session, step.number, by, waiver, now))


def required_steps(services: Services, number: int, act: str) -> list[str]:
    """The titles of the steps that stand in the way of `resolve` or `close`; of `reopen` nothing does."""
    if act == "reopen":
        return []
    with services.store.reading() as session:
        return [step.title for step in in_the_way(session, number, act)]
