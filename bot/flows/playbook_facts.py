"""What the post-mortem says of the playbooks: how they were kept, and what of them should be mended."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot.playbooks import adherence
from bot.playbooks import tables as playbooks
from bot.playbooks.tables import PlaybookRun, PlaybookStep
from bot.postmortems.rules import harmless

Facts = dict[str, Any]
Naming = Callable[[str], str]


def runs(session: Session, number: int, name: Naming) -> list[Facts]:
    """Each run of the incident: its steps, how it was kept, and what the last runs say of its file."""
    return [_run(session, run, name) for run in playbooks.runs_of(session, number)]


def _run(session: Session, run: PlaybookRun, name: Naming) -> Facts:
    steps = playbooks.steps_of(session, run.number)
    return {
        "title": harmless(run.title),
        "kept": adherence.in_words(adherence.measure(steps)),
        "steps": [_step(step, name) for step in steps if step.wanted_at or step.finished_at],
        "proposals": list(_proposals(session, run)),
    }


def _step(step: PlaybookStep, name: Naming) -> Facts:
    notes = [step.reason or "", "out of order" if step.out_of_order else ""]
    return {
        "title": harmless(step.title),
        "state": step.state,
        "who": harmless(name(step.finished_by)) if step.finished_by else "",
        "at": _moment(step.finished_at) if step.finished_at else "",
        "reason": harmless("; ".join(filter(None, notes))),
        "is_late": adherence.lateness(step) is not None,
    }


def _proposals(session: Session, run: PlaybookRun) -> Iterator[str]:
    """From real runs only: in a drill people skip what they would never skip."""
    found = adherence.proposals(run.playbook, playbooks.last_runs(session, run.playbook))
    return (harmless(proposal.sentence) for proposal in found)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
