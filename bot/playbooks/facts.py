"""What others ask of playbooks: open steps, files, and whether an incident may end."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.events import Reopened
from bot.incidents.facts import TakenStep
from bot.incidents.registry import Export, Guard, Naming, Objection, Rows
from bot.incidents.tables import Incident
from bot.playbooks import proposal_tables, reminder_messages, step_rows, steps, tables, views
from bot.playbooks.progress import blocking_steps, next_steps, open_steps
from bot.playbooks.rules import State
from bot.playbooks.step_actions import log_step_change
from bot.playbooks.step_rows import StepRow
from bot.services import Services
from bot.slack.text import escape, one_line

TITLE_SHOWN = 150
HEADER = (
    "playbook",
    "step",
    "state",
    "owner",
    "due at (UTC)",
    "finished at (UTC)",
    "finished by",
    "reason",
    "answers",
)
PROPOSAL_HEADER = (
    *("playbook", "what to change", "proposed by", "proposed at (UTC)", "who changes it", "who decides"),
    *("state", "decided at (UTC)", "reason"),
)


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


def _rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            run.title,
            step.title,
            step.state,
            name(step.owner_id) or step.owner_role,
            step.due_at,
            step.finished_at,
            name(step.finished_by),
            step.reason,
            json.dumps(step.answers, ensure_ascii=False) if step.answers else "",
        )
        for run in tables.runs_of(session, number)
        for step in step_rows.steps_of(session, run.number)
    ]


def _proposals(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            each.playbook_name,
            each.text,
            name(each.by),
            each.proposed_at,
            name(each.owner_id),
            name(each.decides_id),
            each.state,
            each.decided_at,
            each.reason,
        )
        for each in proposal_tables.of_incident(session, number)
    ]


STEPS = Export("steps.csv", HEADER, _rows)
PROPOSALS = Export("playbook-proposals.csv", PROPOSAL_HEADER, _proposals)


class BlockingSteps(WatchfloorError):
    """Before you {act}, the playbook wants: {steps}. Finish them, or press {button} on the control panel
    (`/incident`) to go on without them and give a reason."""


def _blocking_steps(session: Session, number: int, action: str) -> list[StepRow]:
    """The open steps that running playbooks require before `resolve` or `close`."""
    steps: list[StepRow] = []
    for run in tables.runs_of(session, number):
        if run.is_running:
            steps += blocking_steps(step_rows.steps_of(session, run.number), action)
    return steps


def _objections(session: Session, number: int, action: str) -> list[Objection]:
    return [Objection(step.title) for step in _blocking_steps(session, number, action)]


def _refusal(action: str, objections: Sequence[Objection]) -> WatchfloorError:
    titles = "; ".join(f"“{escape(objection.text)}”" for objection in objections)
    return BlockingSteps(act=action, steps=titles, button=f"*{action.capitalize()}…*")


def _waive(change: Change, action: str, reason: str) -> None:
    for step in _blocking_steps(change.session, change.number, action):
        locked_step = steps.lock_step(change.session, step.number)
        log_step_change(
            change.session, steps.skip(change.session, locked_step, change.by, reason, change.now, State.WAIVED)
        )
        reminder_messages.redraw(change.session, change.number, [locked_step.step], change.now)


def ask_again(change: Change, event: Reopened) -> None:
    """Open the waived steps again: they were waived for an end that was none."""
    running = [run for run in tables.runs_of(change.session, change.number) if run.is_running]
    for step in [step for run in running for step in step_rows.steps_of(change.session, run.number)]:
        if step.state == State.WAIVED:
            locked_step = steps.lock_step(change.session, step.number)
            log_step_change(change.session, steps.undo(change.session, locked_step, change.by, change.now))


REQUIRED_STEPS = Guard(_objections, _refusal, _waive)
