"""What people do with a step: done, skip, waive, take, assign, undo. Of two at once, one wins and one is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents.tables import Incident
from bot.playbooks import answers as given_answers
from bot.playbooks.book import Step
from bot.playbooks.progress import is_out_of_order
from bot.playbooks.rules import State
from bot.playbooks.runs import retime
from bot.playbooks.tables import NoSuchStep, PlaybookRun, PlaybookStep, lock_run_of, steps_of
from bot.slack.text import clock_time, escape, mention


class SomeoneWasFirst(WatchfloorError):
    """{who} was first: “{title}” was {what} at {when}. Nothing was changed by your click."""


class NotAnOpenStep(WatchfloorError):
    """“{title}” is not asked for in this incident now, so there is nothing to do on it."""


class RunIsOver(WatchfloorError):
    """The playbook “{title}” was stopped, so its steps stay as they are. `/incident playbook` starts one."""


class ReasonMissing(WatchfloorError):
    """Please say in a few words why: the reason goes into the timeline and the post-mortem."""


@dataclass(frozen=True)
class StepChange:
    """What changed, for the incident's timeline."""

    kind: str
    incident: Incident
    run_id: int
    step_id: int
    title: str
    by: str
    at: datetime
    written: Step
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def incident_id(self) -> int:
        """The incident's number."""
        return self.incident.number


@dataclass(frozen=True)
class Hand:
    """A step in somebody's hand: its run is locked, and its fellow steps are known."""

    incident: Incident
    run: PlaybookRun
    steps: list[PlaybookStep]
    step: PlaybookStep

    @property
    def written(self) -> Step:
        """What the run's copy of the playbook says of the step."""
        return self.run.book.steps[self.step.step_key]


# Refuses when the person may not see the incident or may not work on its steps.
Check = Callable[[Incident], None]


def complete(
    session: Session, step: int | Hand, by: str, now: datetime, answers: Mapping[str, Any] | None = None
) -> StepChange:
    """Mark the step done, with the answers it asks for."""
    hand = take_in_hand(session, step)
    written = hand.written
    check_open(hand.step)
    given = given_answers.checked(written, answers or {})
    late_s = _late_s(hand.step, now)
    out_of_order = is_out_of_order(hand.step, hand.steps)
    finish = {"answers": given, "out_of_order": out_of_order, "rounds": hand.step.rounds + 1}
    if written.repeat_every:
        finish["repeat_at"] = now + written.repeat_every
    _finish(session, hand, State.DONE, by, now, finish)
    shown = given_answers.shown_all(written, given)
    facts = {"answers": shown, "out_of_order": out_of_order, "late_s": late_s}
    return change_of("step_done", hand, by, now, facts)


def skip(session: Session, step: int | Hand, by: str, reason: str, now: datetime) -> StepChange:
    """Leave the step out, for a reason."""
    return _leave_out(session, step, State.SKIPPED, "step_skipped", by, reason, now)


def waive(session: Session, step: int | Hand, by: str, reason: str, now: datetime) -> StepChange:
    """Let the incident be resolved or closed without a required step, for a reason."""
    return _leave_out(session, step, State.WAIVED, "step_waived", by, reason, now)


def take(session: Session, step: int | Hand, by: str, now: datetime) -> StepChange:
    """Make a step one's own, if it is nobody's."""
    hand = take_in_hand(session, step)
    check_open(hand.step)
    _change_if(session, hand, {"state": State.OPEN, "owner_id": None}, by, now, {"owner_id": by})
    return change_of("step_assigned", hand, by, now, {"owner_id": by})


def assign(session: Session, step: int | Hand, owner_id: str, by: str, now: datetime) -> StepChange:
    """Give an open step to a person, whoever had it before."""
    hand = take_in_hand(session, step)
    check_open(hand.step)
    before = hand.step.owner_id
    _change_if(session, hand, {"state": State.OPEN, "owner_id": before}, by, now, {"owner_id": owner_id})
    return change_of("step_assigned", hand, by, now, {"owner_id": owner_id, "before": before})


def undo(session: Session, step: int | Hand, by: str, now: datetime) -> StepChange:
    """Open a finished step again; what was answered or said stays in the timeline only."""
    hand = take_in_hand(session, step)
    before = State(hand.step.state)
    if before == State.OPEN:
        raise SomeoneWasFirst(**_who_was_first(hand.step))
    _change_if(session, hand, {"state": before}, by, now, _as_before(hand.step, before))
    _settle(session, hand, now)
    return change_of("step_undone", hand, by, now, {"was": before})


def take_in_hand(session: Session, step: int | Hand, check: Check = lambda incident: None) -> Hand:
    """Lock the step's run and read all its steps; `RunIsOver` when the playbook was stopped.

    `check` is called before anything is said about the step: refusals name it.
    """
    if isinstance(step, Hand):
        return step
    run, incident = lock_run_of(session, step)
    check(incident)
    if not run.is_running:
        raise RunIsOver(title=escape(run.title))
    steps = steps_of(session, run.number)
    found = next((one for one in steps if one.id == step), None)
    if found is None:
        raise NoSuchStep()
    return Hand(incident, run, steps, found)


def change_of(kind: str, hand: Hand, by: str, now: datetime, facts: dict[str, Any]) -> StepChange:
    """The entry for the timeline."""
    step = hand.step
    named = {"playbook": hand.run.title, "step": step.title, "step_key": step.step_key}
    return StepChange(
        kind, hand.incident, step.run_id, step.number, step.title, by, now, hand.written, named | facts
    )


def _leave_out(
    session: Session, step: int | Hand, state: State, kind: str, by: str, reason: str, now: datetime
) -> StepChange:
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing()
    hand = take_in_hand(session, step)
    check_open(hand.step)
    late_s = _late_s(hand.step, now)
    _finish(session, hand, state, by, now, {"reason": reason})
    return change_of(kind, hand, by, now, {"reason": reason, "late_s": late_s})


def _as_before(step: PlaybookStep, state: State) -> dict[str, Any]:
    """The columns of a step that is opened again; of a repeated one the earlier rounds still count."""
    rounds = step.rounds - (state == State.DONE)
    columns = {"state": State.OPEN, "rounds": rounds, "reason": None, "repeat_at": None, "out_of_order": False}
    return columns if rounds else columns | {"finished_at": None, "finished_by": None, "answers": {}}


def _finish(session: Session, hand: Hand, state: State, by: str, now: datetime, more: dict[str, Any]) -> None:
    finished = {"state": state, "finished_at": now, "finished_by": by, "remind_at": None}
    _change_if(session, hand, {"state": State.OPEN}, by, now, finished | more)
    _settle(session, hand, now)


def _change_if(
    session: Session, hand: Hand, expected: dict[str, Any], by: str, now: datetime, values: dict[str, Any]
) -> None:
    """One conditional UPDATE decides who was first."""
    values = values | {"changed_by": by, "changed_at": now}
    given = {f"was_{name}": value for name, value in expected.items()}
    change = _change_of_columns(tuple(expected), tuple(values))
    changed = session.connection().execute(change, {"step_id": hand.step.id, **given, **values})
    if not changed.rowcount:
        session.refresh(hand.step)
        raise SomeoneWasFirst(**_who_was_first(hand.step))
    for name, value in values.items():
        set_committed_value(hand.step, name, value)


@cache
def _change_of_columns(expected: tuple[str, ...], values: tuple[str, ...]) -> sa.Update:
    """Put together once for each kind of change, not at every click."""
    steps = PlaybookStep.__table__  # type: ignore[attr-defined]  # SQLModel's tables are known at run time only
    as_expected = [steps.c[name].is_not_distinct_from(sa.bindparam(f"was_{name}")) for name in expected]
    change = sa.update(steps).where(steps.c.id == sa.bindparam("step_id"), *as_expected)
    return change.values({name: sa.bindparam(name) for name in values})


def _settle(session: Session, hand: Hand, now: datetime) -> None:
    retime(hand.run, hand.steps, now)
    session.flush()


def check_open(step: PlaybookStep) -> None:
    """Refuses a step that is finished, or not asked for."""
    if step.state != State.OPEN:
        raise SomeoneWasFirst(**_who_was_first(step))
    if step.wanted_at is None:
        raise NotAnOpenStep(title=escape(step.title))


def _who_was_first(step: PlaybookStep) -> dict[str, str]:
    what = f"given to {mention(step.owner_id)}" if step.state == State.OPEN and step.owner_id else ""
    return {
        "who": mention(step.changed_by) if step.changed_by else "Watchfloor",
        "title": escape(step.title),
        "what": what or {State.OPEN: "opened again"}.get(State(step.state), f"marked {step.state}"),
        "when": clock_time(step.changed_at) if step.changed_at else "the start",
    }


def _late_s(step: PlaybookStep, now: datetime) -> int | None:
    """By how many seconds the step is late, at least 0; None when it has no due time."""
    return max(0, int((now - step.due_at).total_seconds())) if step.due_at else None
