"""How closely a run kept to its playbook, and what several runs suggest changing in it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from bot.playbooks.rules import State

RUNS_COMPARED = 5
SKIPPED_TOO_OFTEN = 3
LATE_TOO_OFTEN = 3
SKIPPED, LATE = "skipped", "late"


class MeasuredStep(Protocol):
    """The fields of a step used to measure adherence."""

    step_key: str
    title: str
    state: str
    wanted_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    out_of_order: bool


class Adherence(Struct, frozen=True):
    """Outcomes of the wanted steps; late steps are also counted as done, skipped or waived."""

    done: int
    skipped: int
    waived: int
    left_open: int
    late: int
    out_of_order: int
    average_lateness: timedelta | None


class Proposal(Struct, frozen=True):
    """A suggested fix in a playbook, with its file."""

    playbook: str
    step_key: str
    # `skipped` too often, or `late` every time.
    kind: str
    title: str
    times: int
    runs: int

    @property
    def file(self) -> str:
        return f"playbooks/{self.playbook}.yaml"

    @property
    def sentence(self) -> str:
        """The proposal in words."""
        if self.kind == SKIPPED:
            finding = f"was skipped in {self.times} of the last {self.runs} runs: drop it, or give it a condition"
        else:
            finding = f"was late in all of the last {self.times} runs: give it more time, or another owner"
        return f"{self.file}, step `{self.step_key}`: “{self.title}” {finding}."


def measure(steps: Iterable[MeasuredStep]) -> Adherence:
    """Count the steps of a run. Lateness is finished minus due, averaged over late steps; None if none was late."""
    steps = list(steps)
    delays = [length for step in steps if (length := lateness(step))]
    states = [step.state for step in steps if step.state != State.OPEN or step.wanted_at]
    return Adherence(
        done=states.count(State.DONE),
        skipped=states.count(State.SKIPPED),
        waived=states.count(State.WAIVED),
        left_open=states.count(State.OPEN),
        late=len(delays),
        out_of_order=sum(step.out_of_order for step in steps),
        average_lateness=sum(delays, timedelta()) / len(delays) if delays else None,
    )


def lateness(step: MeasuredStep) -> timedelta | None:
    """How late a finished step was; None if it was on time, is open or had no due time."""
    if step.due_at is None or step.finished_at is None or step.finished_at <= step.due_at:
        return None
    return step.finished_at - step.due_at


def proposals(playbook: str, runs: Sequence[Sequence[MeasuredStep]]) -> list[Proposal]:
    """Suggested fixes to the playbook's steps from its last runs, given newest first."""
    by_step: dict[str, list[MeasuredStep]] = {}
    for steps in runs[:RUNS_COMPARED]:
        for step in steps:
            if step.wanted_at:
                by_step.setdefault(step.step_key, []).append(step)
    candidates = (_proposal(playbook, key, earlier_steps) for key, earlier_steps in by_step.items())
    return [proposal for proposal in candidates if proposal]


def _proposal(playbook: str, key: str, earlier_steps: Sequence[MeasuredStep]) -> Proposal | None:
    title = earlier_steps[0].title
    skipped_count = sum(step.state == State.SKIPPED for step in earlier_steps)
    steps_with_due_time = [step for step in earlier_steps if step.state == State.DONE and step.due_at]
    if skipped_count >= SKIPPED_TOO_OFTEN:
        return Proposal(playbook, key, SKIPPED, title, skipped_count, len(earlier_steps))
    if len(steps_with_due_time) >= LATE_TOO_OFTEN and all(lateness(step) for step in steps_with_due_time):
        return Proposal(playbook, key, LATE, title, len(steps_with_due_time), len(earlier_steps))
    return None
