"""Actions on a step: done, skip, waive, take, assign, undo. If two act at once, one wins, the other is told."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlmodel import Session

from bot.errors import WatchfloorError, require
from bot.incidents.tables import Incident, NoSuchIncident
from bot.playbooks import answers as given_answers
from bot.playbooks.playbook import Step
from bot.playbooks.progress import is_out_of_order
from bot.playbooks.rules import State
from bot.playbooks.runs import follow
from bot.playbooks.step_rows import StepRow, change_step, steps_of
from bot.playbooks.tables import PlaybookRun, lock_run_of
from bot.slack.text import clock_time, escape, mention

COMMANDER = "commander"


class StepChangedMeanwhile(WatchfloorError):
    """{who} was first: “{title}” was {what} at {when}. Nothing was changed by your click."""


class NotAnOpenStep(WatchfloorError):
    """“{title}” is not needed in this incident now, so there is nothing to do."""


class RunIsOver(WatchfloorError):
    """The playbook “{title}” was stopped, so its steps can no longer change. `/incident playbook` starts one."""


class ReasonMissing(WatchfloorError):
    """Please say in a few words why: the reason goes into the timeline and the post-mortem."""


class RoleIsFree(WatchfloorError):
    """Nobody is {role} yet. `/incident assign {name} @name` names a person, and then “{title}” is done."""


class CommandIsFree(WatchfloorError):
    """Nobody is in command yet: press *Take command* on the card, and then “{title}” is done."""


class StepChange(Struct, frozen=True):
    """A change of a step, for the incident's timeline."""

    kind: str
    incident: Incident
    run_id: int
    step_id: int
    title: str
    by: str
    at: datetime
    definition: Step
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def incident_id(self) -> int:
        return self.incident.number


class LockedStep(Struct, frozen=True):
    """A step whose run is locked, with all steps of the run."""

    incident: Incident
    run: PlaybookRun
    steps: list[StepRow]
    step: StepRow

    @property
    def definition(self) -> Step:
        """The step's definition in the run's copy of the playbook."""
        return self.run.book.steps[self.step.step_key]


# Raises if the user may not see the incident or may not work on its steps.
Check = Callable[[Incident], None]


def complete(
    session: Session, locked_step: LockedStep, by: str, now: datetime, answers: Mapping[str, Any] | None = None
) -> StepChange:
    """Mark the step done, with the answers to its questions."""
    definition = locked_step.definition
    check_open(locked_step.step)
    known_answers = given_answers.check_answers(definition, answers or {})
    late_s = _late_s(locked_step.step, now)
    out_of_order = is_out_of_order(locked_step.step, locked_step.steps)
    finish = {"answers": known_answers, "out_of_order": out_of_order, "rounds": locked_step.step.rounds + 1}
    if definition.repeat_every:
        finish["repeat_at"] = now + definition.repeat_every
    _finish(session, locked_step, State.DONE, by, now, finish)
    rendered_answers = given_answers.render_answers(definition, known_answers)
    facts = {"answers": rendered_answers, "out_of_order": out_of_order, "late_s": late_s}
    return step_change("step_done", locked_step, by, now, facts)


def skip(
    session: Session, locked_step: LockedStep, by: str, reason: str, now: datetime, state: State = State.SKIPPED
) -> StepChange:
    """Skip the step for a reason; a required one is `WAIVED`, so that the incident can end without it."""
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing()
    check_open(locked_step.step)
    late_s = _late_s(locked_step.step, now)
    _finish(session, locked_step, state, by, now, {"reason": reason})
    return step_change(f"step_{state}", locked_step, by, now, {"reason": reason, "late_s": late_s})


def take(session: Session, locked_step: LockedStep, by: str, now: datetime) -> StepChange:
    """Assign a step without an owner to the user. Raises `CommandIsFree` if the step is to take command."""
    check_open(locked_step.step)
    with suppress(RoleIsFree):  # finding somebody for another role is work that a person can take
        check_role_is_filled(locked_step)
    _update_if(session, locked_step, {"state": State.OPEN, "owner_id": None}, by, now, {"owner_id": by})
    return step_change("step_assigned", locked_step, by, now, {"owner_id": by})


def assign(session: Session, locked_step: LockedStep, owner_id: str, by: str, now: datetime) -> StepChange:
    """Assign an open step to a person, whether or not it has an owner."""
    check_open(locked_step.step)
    previous_owner = locked_step.step.owner_id
    _update_if(
        session, locked_step, {"state": State.OPEN, "owner_id": previous_owner}, by, now, {"owner_id": owner_id}
    )
    return step_change("step_assigned", locked_step, by, now, {"owner_id": owner_id, "before": previous_owner})


def undo(session: Session, locked_step: LockedStep, by: str, now: datetime) -> StepChange:
    """Open a finished step again; its answers or reason stay in the timeline only."""
    previous_state = State(locked_step.step.state)
    if previous_state == State.OPEN:
        raise StepChangedMeanwhile(**_latest_change(locked_step.step))
    _update_if(
        session,
        locked_step,
        {"state": previous_state},
        by,
        now,
        _columns_when_reopened(locked_step.step, previous_state),
    )
    settle(session, locked_step, now)
    return step_change("step_undone", locked_step, by, now, {"was": previous_state})


def lock_step(session: Session, step_id: int, check: Check = lambda incident: None) -> LockedStep:
    """Lock the step's run and read all its steps. Raises `RunIsOver` if the playbook was stopped.

    `check` runs before anything about the step is revealed, since refusals name it.
    """
    run, incident = lock_run_of(session, step_id)
    check(incident)
    if not run.is_running:
        raise RunIsOver(title=escape(run.title))
    steps = steps_of(session, run.number)
    return LockedStep(incident, run, steps, _find_step(steps, step_id))


def _find_step(steps: list[StepRow], step_id: int) -> StepRow:
    return require(next((step for step in steps if step.id == step_id), None), NoSuchIncident)


def step_change(kind: str, locked_step: LockedStep, by: str, now: datetime, facts: dict[str, Any]) -> StepChange:
    """Build the timeline entry for a change of the step."""
    step = locked_step.step
    step_facts = {"playbook": locked_step.run.title, "step": step.title, "step_key": step.step_key}
    return StepChange(
        kind,
        locked_step.incident,
        step.run_id,
        step.number,
        step.title,
        by,
        now,
        locked_step.definition,
        step_facts | facts,
    )


def _columns_when_reopened(step: StepRow, state: State) -> dict[str, Any]:
    """The columns of a reopened step; earlier rounds of a repeated step still count."""
    rounds = step.rounds - (state == State.DONE)
    columns = {"state": State.OPEN, "rounds": rounds, "reason": None, "repeat_at": None, "out_of_order": False}
    return columns if rounds else columns | {"finished_at": None, "finished_by": None, "answers": {}}


def _finish(
    session: Session, locked_step: LockedStep, state: State, by: str, now: datetime, extra_columns: dict[str, Any]
) -> None:
    columns = {"state": state, "finished_at": now, "finished_by": by, "remind_at": None}
    _update_if(session, locked_step, {"state": State.OPEN}, by, now, columns | extra_columns)
    settle(session, locked_step, now)


def _update_if(
    session: Session,
    locked_step: LockedStep,
    expected: dict[str, Any],
    by: str,
    now: datetime,
    values: dict[str, Any],
) -> None:
    """Write the values with one conditional UPDATE, which decides who was first."""
    values = values | {"changed_by": by, "changed_at": now}
    if not change_step(session, locked_step.step, values, expected):
        step = _find_step(steps_of(session, locked_step.run.number), locked_step.step.id)
        raise StepChangedMeanwhile(**_latest_change(step))


def settle(session: Session, locked_step: LockedStep, now: datetime) -> None:
    """Reschedule the run's steps: after a change, others may be wanted or due at another time."""
    follow(session, locked_step.run, locked_step.steps, now)


def check_role_is_filled(locked_step: LockedStep) -> None:
    """Refuse to call a step done whose purpose is to fill a role that nobody has."""
    skip_when = locked_step.definition.skip_when
    free_roles = [
        role for role in (skip_when.held if skip_when else ()) if role not in locked_step.run.incident.held
    ]
    title = escape(locked_step.step.title)
    if COMMANDER in free_roles:
        raise CommandIsFree(title=title)
    if free_roles:
        raise RoleIsFree(role=free_roles[0].replace("_", " "), name=free_roles[0], title=title)


def check_open(step: StepRow) -> None:
    """Refuse a step that is finished or not wanted."""
    if step.state != State.OPEN:
        raise StepChangedMeanwhile(**_latest_change(step))
    if step.wanted_at is None:
        raise NotAnOpenStep(title=escape(step.title))


def _latest_change(step: StepRow) -> dict[str, str]:
    change_text = f"given to {mention(step.owner_id)}" if step.state == State.OPEN and step.owner_id else ""
    return {
        "who": mention(step.changed_by) if step.changed_by else "Watchfloor",
        "title": escape(step.title),
        "what": change_text or {State.OPEN: "opened again"}.get(State(step.state), f"marked {step.state}"),
        "when": clock_time(step.changed_at) if step.changed_at else "the start",
    }


def _late_s(step: StepRow, now: datetime) -> int | None:
    """How many seconds late the step is, at least 0; None if it has no due time."""
    return max(0, int((now - step.due_at).total_seconds())) if step.due_at else None
