"""What other nouns may ask of playbooks."""

from datetime import datetime

from sqlmodel import Session

from bot.playbooks import tables
from bot.playbooks.progress import next_steps


def open_step_titles(session: Session, number: int, now: datetime, limit: int) -> list[str]:
    """The titles of the steps that are being worked on, at most so many in all."""
    titles = [
        step.title
        for run in tables.runs_of(session, number)
        if run.is_running
        for step in next_steps(tables.steps_of(session, run.number), now, limit)
    ]
    return titles[:limit]
