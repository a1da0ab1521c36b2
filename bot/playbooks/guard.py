"""Steps that must be finished or waived before the incident is resolved or closed."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents.change import Change
from bot.incidents.events import Reopened
from bot.incidents.registry import Guard, Objection
from bot.playbooks import reminder_messages, step_rows, steps, tables
from bot.playbooks.progress import blocking_steps
from bot.playbooks.rules import State
from bot.playbooks.step_actions import log_step_change
from bot.playbooks.step_rows import StepRow
from bot.slack.text import escape


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
        log_step_change(change.session, steps.waive(change.session, locked_step, change.by, reason, change.now))
        reminder_messages.redraw(change.session, change.number, [locked_step.step], change.now)


def ask_again(change: Change, event: Reopened) -> None:
    """Open the waived steps again: they were waived for an end that was none."""
    running = [run for run in tables.runs_of(change.session, change.number) if run.is_running]
    for step in [step for run in running for step in step_rows.steps_of(change.session, run.number)]:
        if step.state == State.WAIVED:
            locked_step = steps.lock_step(change.session, step.number)
            log_step_change(change.session, steps.undo(change.session, locked_step, change.by, change.now))


REQUIRED_STEPS = Guard(_objections, _refusal, _waive)
