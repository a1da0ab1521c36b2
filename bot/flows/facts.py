"""Everything the card says, gathered from the nouns."""

from sqlmodel import Session

from bot.clock import utcnow
from bot.displays import tables as displays
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.incidents.views import IncidentFacts
from bot.playbooks import tables as playbooks
from bot.playbooks import views as playbook_views
from bot.services import Services
from bot.slack.text import escape
from bot.updates import tables as updates

TROUBLE = {
    displays.DIGEST: "The message in the incidents channel could not be shown",
    displays.TOPIC: "The topic could not be set",
    displays.PIN: "The card could not be pinned",
    displays.BOOKMARK: "The bookmark could not be added",
    displays.RUN: "The playbook's message could not be shown",
}


def incident_facts(session: Session, services: Services, incident: Incident) -> IncidentFacts:
    """The incident as its card and its digest message tell it."""
    due = [promise.due_at for promise in updates.waiting(session, incident.number)]
    progress, next_step = [], ""
    now = utcnow()
    for run in playbooks.runs_of(session, incident.number):
        if not run.is_running:
            continue
        steps = playbooks.steps_of(session, run.number)
        progress.append(f"📋 {escape(run.title)} {playbook_views.progress_line(steps)}")
        next_step = next_step or f"Next: {playbook_views.next_step_line(steps, now)}"
    troubles = [
        f"{TROUBLE[display.kind]} ({display.trouble})."
        for display in displays.of_incident(session, incident.number)
        if display.trouble and display.kind in TROUBLE
    ]
    return IncidentFacts(
        incident=incident,
        roles=incidents.roles(session, incident.number),
        now=now,
        next_update_at=min(due, default=None),
        progress=tuple(progress),
        next_step=next_step,
        troubles=tuple(troubles),
    )
