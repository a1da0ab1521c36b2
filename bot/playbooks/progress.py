"""Progress of a run, how closely it kept to its playbook, and what several runs suggest changing. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from msgspec import Struct

from bot.playbooks.rules import State

MAX_NEXT = 5
# Steps of later phases are shown only to reach this number.
MIN_SHOWN = 3
RUNS_COMPARED = 5
SKIPPED_TOO_OFTEN = 3
LATE_TOO_OFTEN = 3
SKIPPED, LATE = "skipped", "late"


class TrackedStep(Protocol):
    """The fields of a step used to compute progress."""

    position: int
    phase: str
    state: str
    wanted_at: datetime | None
    due_at: datetime | None
    required_before: str
    rounds: int


StepT = TypeVar("StepT", bound=TrackedStep)


class Progress(Struct, frozen=True):
    """How many of the wanted steps are finished."""

    finished: int
    wanted: int


def is_open(step: TrackedStep) -> bool:
    """True if the step is wanted and not finished."""
    return step.state == State.OPEN and step.wanted_at is not None


def is_late(step: TrackedStep, now: datetime) -> bool:
    """True if the step is open past its due time."""
    return is_open(step) and step.due_at is not None and step.due_at < now


def progress(steps: Iterable[TrackedStep]) -> Progress:
    """Count the finished steps among the wanted ones."""
    counted_steps = [step for step in steps if step.state != State.OPEN or step.wanted_at]
    return Progress(sum(step.state != State.OPEN for step in counted_steps), len(counted_steps))


def open_steps(steps: Iterable[StepT]) -> list[StepT]:
    """The wanted steps that are not finished, in the playbook's order."""
    return sorted((step for step in steps if is_open(step)), key=lambda step: step.position)


def current_phase(steps: Iterable[TrackedStep]) -> str | None:
    """The phase of the first open step; None if every step is finished."""
    unfinished_steps = open_steps(steps)
    # A repeated step in a later round does not take the run back to its phase.
    return next((step.phase for step in [*filter(_is_first_round, unfinished_steps), *unfinished_steps]), None)


def next_steps(steps: Sequence[StepT], now: datetime, limit: int = MAX_NEXT) -> list[StepT]:
    """The steps to do now: the current phase's, then late or repeated ones, then some more if those are few."""
    unfinished_steps = open_steps(steps)
    phase = current_phase(unfinished_steps)
    in_phase = [step for step in unfinished_steps if step.phase == phase]
    steps_in_other_phases = [step for step in unfinished_steps if step.phase != phase]
    urgent = [*in_phase, *(step for step in steps_in_other_phases if _is_urgent(step, now))][:limit]
    less_urgent = [step for step in steps_in_other_phases if not _is_urgent(step, now)]
    return urgent + less_urgent[: max(0, MIN_SHOWN - len(urgent))]


def _is_first_round(step: TrackedStep) -> bool:
    return step.rounds == 0


def _is_urgent(step: TrackedStep, now: datetime) -> bool:
    return is_late(step, now) or not _is_first_round(step)


def late_steps(steps: Iterable[StepT], now: datetime) -> list[StepT]:
    """The open steps whose due time has passed, longest overdue first."""
    return sorted((step for step in steps if is_late(step, now)), key=lambda step: str(step.due_at))


def is_out_of_order(step: TrackedStep, steps: Iterable[TrackedStep]) -> bool:
    """True if an earlier step is still open for its first round."""
    earlier_steps = (earlier_step for earlier_step in open_steps(steps) if earlier_step.position < step.position)
    return any(_is_first_round(earlier_step) for earlier_step in earlier_steps)


def blocking_steps(steps: Iterable[StepT], action: str) -> list[StepT]:
    """The open steps that block `resolve` or `close`; a step that blocks resolving blocks closing too."""
    actions = ("resolve",) if action == "resolve" else ("resolve", "close")
    return [step for step in open_steps(steps) if step.required_before in actions and _is_first_round(step)]


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
