"""Answers that playbooks give other packages, and the open steps for those who take over."""

from datetime import datetime

from sqlmodel import Session

from bot.incidents import incidents
from bot.incidents.facts import TakenStep
from bot.incidents.tables import Incident
from bot.playbooks import step_rows, tables, views
from bot.playbooks.progress import next_steps, open_steps
from bot.services import Services
from bot.slack.text import one_line

TITLE_SHOWN = 150


def steps_taken(session: Session, number: int) -> list[TakenStep]:
    """The open steps that have an owner, in the order of their playbooks."""
    return [
        TakenStep(step.title, step.owner_id)
        for run in tables.runs_of(session, number)
        if run.is_running
        for step in open_steps(step_rows.steps_of(session, run.number))
        if step.owner_id
    ]


def open_steps_of(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """The open steps, next ones first, each with its owner and due time."""
    holders = incidents.roles(session, incident.number)
    lines = []
    for run in tables.runs_of(session, incident.number):
        if run.is_running:
            steps = step_rows.steps_of(session, run.number)
            first_steps = next_steps(steps, now)
            later_steps = [step for step in open_steps(steps) if step not in first_steps]
            lines += [
                f"{one_line(step.title, TITLE_SHOWN)} · {views.owner_and_clock(step, now, holders)}"
                for step in [*first_steps, *later_steps]
            ]
    return lines
