"""How far a run is: what is finished, what comes next, what is late, what stands in the way. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bot.playbooks.rules import State

SHOWN_NEXT = 5
# Steps of the next phase are shown only to fill up the screen.
FILLED_UP_TO = 3


class Tracked(Protocol):
    """A step of a run as far as progress is concerned."""

    @property
    def position(self) -> int: ...
    @property
    def phase(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def wanted_at(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def required_before(self) -> str: ...
    @property
    def rounds(self) -> int: ...


S = TypeVar("S", bound=Tracked)


@dataclass(frozen=True)
class Progress:
    """How many of the wanted steps are finished."""

    finished: int
    wanted: int

    @property
    def is_complete(self) -> bool:
        """Is nothing left to do?"""
        return self.finished == self.wanted


def is_open(step: Tracked) -> bool:
    """Is the step wanted and not finished?"""
    return step.state == State.OPEN and step.wanted_at is not None


def is_late(step: Tracked, now: datetime) -> bool:
    """Is the step open after its due time?"""
    return is_open(step) and step.due_at is not None and step.due_at < now


def progress(steps: Iterable[Tracked]) -> Progress:
    """Finished steps of those that are wanted."""
    counted = [step for step in steps if step.state != State.OPEN or step.wanted_at]
    return Progress(sum(step.state != State.OPEN for step in counted), len(counted))


def open_steps(steps: Iterable[S]) -> list[S]:
    """The wanted steps that are not finished, in the playbook's order."""
    return sorted((step for step in steps if is_open(step)), key=lambda step: step.position)


def current_phase(steps: Iterable[Tracked]) -> str | None:
    """The phase of the first open step; None when everything is finished."""
    waiting = open_steps(steps)
    # A repeated step that comes round again does not take the run back to its phase.
    return next((step.phase for step in [*filter(_is_first_round, waiting), *waiting]), None)


def next_steps(steps: Sequence[S], now: datetime, limit: int = SHOWN_NEXT) -> list[S]:
    """What to do now: the current phase's open steps, then late or repeated ones, some more if those are few."""
    waiting = open_steps(steps)
    phase = current_phase(waiting)
    here = [step for step in waiting if step.phase == phase]
    others = [step for step in waiting if step.phase != phase]
    pressing = [*here, *(step for step in others if _is_pressing(step, now))][:limit]
    rest = [step for step in others if not _is_pressing(step, now)]
    return pressing + rest[: max(0, FILLED_UP_TO - len(pressing))]


def _is_first_round(step: Tracked) -> bool:
    return step.rounds == 0


def _is_pressing(step: Tracked, now: datetime) -> bool:
    return is_late(step, now) or not _is_first_round(step)


def late_steps(steps: Iterable[S], now: datetime) -> list[S]:
    """The open steps whose due time has passed, the latest-standing first."""
    return sorted((step for step in steps if is_late(step, now)), key=lambda step: str(step.due_at))


def is_out_of_order(step: Tracked, steps: Iterable[Tracked]) -> bool:
    """Does an open step stand above this one?"""
    above = (other for other in open_steps(steps) if other.position < step.position)
    return any(_is_first_round(other) for other in above)


def blocking(steps: Iterable[S], act: str) -> list[S]:
    """The open steps that stand in the way of `resolve` or `close`; what blocks resolving blocks closing too."""
    acts = ("resolve",) if act == "resolve" else ("resolve", "close")
    return [step for step in open_steps(steps) if step.required_before in acts and _is_first_round(step)]
