"""When an incident's severity or type changes, its playbooks follow: times move, and a better fit is offered."""

from datetime import datetime

from sqlmodel import Session

from bot.flows.playbook_runs import facts_of, fitting
from bot.incidents.tables import Incident
from bot.notices import tables as notices
from bot.playbooks import ids, runs
from bot.playbooks import tables as playbooks
from bot.services import Services
from bot.slack.blocks import actions, button, section
from bot.slack.text import escape


def follow(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    """Every running playbook learns the new facts; one that fits better is offered once, never forced."""
    runs.tell_facts(session, incident.number, facts_of(incident), now)
    name = fitting(services, incident)
    # One that was stopped by hand is not offered again: somebody has decided about it.
    tried = [run.playbook for run in playbooks.runs_of(session, incident.number)]
    if name is None or name in tried or incident.channel_id is None:
        return
    book = services.shelf.library.playbooks[name]
    words = f"The playbook “{escape(book.title)}” fits this incident better now. {escape(book.summary)}"
    start = button("Start it too", ids.START, f"{incident.number}:{name}", style="primary")
    instead = button("Switch to it", ids.SWITCH, f"{incident.number}:{name}")
    notices.add(
        session,
        f"offer:{incident.number}:{name}",
        incident.channel_id,
        words,
        now,
        incident_id=incident.number,
        blocks=[section(words), actions([start, instead])],
    )
