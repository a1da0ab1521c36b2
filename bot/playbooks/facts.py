"""Answers that playbooks give other packages."""

from sqlmodel import Session

from bot.incidents.facts import TakenStep
from bot.playbooks import step_rows, tables
from bot.playbooks.progress import open_steps


def steps_taken(session: Session, number: int) -> list[TakenStep]:
    """The open steps that have an owner, in the order of their playbooks."""
    return [
        TakenStep(step.title, step.owner_id)
        for run in tables.runs_of(session, number)
        if run.is_running
        for step in open_steps(step_rows.steps_of(session, run.number))
        if step.owner_id
    ]
