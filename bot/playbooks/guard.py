"""Steps that a playbook wants finished before the incident is resolved or closed, unless they are waived."""

from collections.abc import Sequence

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents.change import Change
from bot.incidents.registry import Guard, Objection
from bot.playbooks import steps, tables
from bot.playbooks.progress import blocking
from bot.playbooks.step_actions import write_down
from bot.playbooks.tables import StepRow
from bot.slack.text import escape


class StepsStandInTheWay(WatchfloorError):
    """Before you {act}, the playbook wants: {steps}. Finish them, or press {button} on the control panel
    (`/incident`) to go on without them for a reason."""


def _required(session: Session, number: int, act: str) -> list[StepRow]:
    """The steps that the running playbooks want finished before one may `resolve` or `close`."""
    found: list[StepRow] = []
    for run in tables.runs_of(session, number):
        if run.is_running:
            found += blocking(tables.steps_of(session, run.number), act)
    return found


def _objections(session: Session, number: int, act: str) -> list[Objection]:
    return [Objection(step.title) for step in _required(session, number, act)]


def _refusal(act: str, objections: Sequence[Objection]) -> WatchfloorError:
    named = "; ".join(f"“{escape(objection.text)}”" for objection in objections)
    return StepsStandInTheWay(act=act, steps=named, button=f"*{act.capitalize()}…*")


def _waive(change: Change, act: str, reason: str) -> None:
    for step in _required(change.session, change.number, act):
        write_down(change.session, steps.waive(change.session, step.number, change.by, reason, change.now))


REQUIRED_STEPS = Guard(_objections, _refusal, _waive)
