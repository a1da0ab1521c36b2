"""How a playbook runs: which one fits, which steps are wanted, and when they are due, reminded of or skipped."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from bot.playbooks.playbook import PHASE, START, Ask, Playbook, SkipWhen, Step, When

TIME_TO_REPEAT = timedelta(minutes=5)
MAX_REMINDERS = 3
# The owner first; the commander 5 minutes later; the escalation ladder 10 minutes after that.
REMINDER_LEVELS = ("owner", "commander", "ladder")
REMINDER_GAPS = (timedelta(minutes=5), timedelta(minutes=10))


class State(StrEnum):
    """The state of a step."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    WAIVED = "waived"


FINISHED = (State.DONE, State.SKIPPED, State.WAIVED)


class IncidentFacts(Struct, frozen=True):
    """The facts of an incident that playbooks use."""

    severity: str
    type: str
    sites: tuple[str, ...]
    partners: tuple[str, ...]
    started_at: datetime
    # Audiences that have had an update.
    told: tuple[str, ...] = ()
    # Roles that are filled.
    held: tuple[str, ...] = ()


class StepRecord(Protocol):
    """The current state of a step in a run."""

    step_key: str
    state: str
    finished_at: datetime | None
    answers: dict[str, Any]
    rounds: int


def pick(playbooks: Mapping[str, Playbook], facts: IncidentFacts) -> str | None:
    """The name of the best-fitting playbook: most conditions first, then fewest listed values, then by name."""
    fitting_names = [name for name, book in playbooks.items() if fits(book, facts)]
    return min(fitting_names, key=lambda name: (_breadth(playbooks[name]), name), default=None)


def fits(book: Playbook, facts: IncidentFacts) -> bool:
    """True if the playbook applies to such an incident."""
    applies = book.applies
    return (
        (not applies.types or facts.type in applies.types)
        and (not applies.severities or facts.severity in applies.severities)
        and (not applies.sites or bool(set(applies.sites) & set(facts.sites)))
    )


def _breadth(book: Playbook) -> tuple[int, int]:
    conditions = [values for values in (book.applies.types, book.applies.severities, book.applies.sites) if values]
    return -len(conditions), sum(len(values) for values in conditions)


def all_answers(steps: Iterable[StepRecord]) -> dict[str, Any]:
    """Every answer given in the run, by the question's id."""
    return {name: answer for step in steps for name, answer in step.answers.items()}


def wanted_steps(book: Playbook, facts: IncidentFacts, steps: Sequence[StepRecord]) -> set[str]:
    """The ids of the steps whose conditions hold now, and of all finished steps."""
    # A repeated step that is open for its next round still counts as done.
    states = {step.step_key: State.DONE if step.rounds else step.state for step in steps}
    answers = all_answers(steps)
    return {
        key
        for key, step in book.steps.items()
        if states.get(key, State.OPEN) in FINISHED or holds(step.when, book, facts, states, answers)
    }


def holds(
    when: When, book: Playbook, facts: IncidentFacts, states: Mapping[str, str], answers: Mapping[str, Any]
) -> bool:
    """True if every part of the condition holds."""
    return (
        # S0 is the gravest, so "at least S1" is S0 or S1.
        (when.severity_at_least is None or facts.severity <= when.severity_at_least)
        and (not when.site_among or bool(set(when.site_among) & set(facts.sites)))
        and (not when.partner_among or bool(set(when.partner_among) & set(facts.partners)))
        and all(states.get(key) == State.DONE for key in when.done)
        and all(states.get(key) in (State.SKIPPED, State.WAIVED) for key in when.skipped)
        and all(
            name in answers and any(_matches_answer(book.asks[name], answers[name], value) for value in values)
            for name, values in when.answers.items()
        )
    )


def reason_to_skip(skip_when: SkipWhen | None, facts: IncidentFacts) -> str:
    """The reason, in words, why a step is no longer needed; empty while it is needed."""
    if skip_when is None:
        return ""
    severity, audience = skip_when.severity_at_least, skip_when.told
    # S0 is the gravest, so "at least S1" is S0 or S1.
    if (severity and facts.severity > severity) or (audience and audience not in facts.told):
        return ""
    if not set(skip_when.held) <= set(facts.held):
        return ""
    reasons = [f"the incident is {facts.severity} already"] if severity else []
    reasons += [f"{audience.replace('_', ' ')} had an update already"] if audience else []
    roles = " and a ".join(role.replace("_", " ") for role in skip_when.held)
    reasons += [f"there is a {roles} already"] if roles else []
    return " and ".join(reasons)


def _matches_answer(ask: Ask, answer: Any, value: str) -> bool:
    if ask.kind != "number":
        return bool(str(answer).casefold() == value.casefold())
    limit = float(re.sub(r"at (least|most) ", "", value))
    if value.startswith("at least"):
        return float(answer) >= limit
    if value.startswith("at most"):
        return float(answer) <= limit
    return float(answer) == limit


def phase_starts(
    book: Playbook, started_at: datetime, wanted_at: Mapping[str, datetime], steps: Sequence[StepRecord]
) -> dict[str, datetime | None]:
    """When each phase began: when the last wanted step of earlier phases ended; None if not yet."""
    end_times = _end_times(steps)
    phase_start: datetime | None = started_at
    starts: dict[str, datetime | None] = {}
    for phase in book.phases:
        starts[phase.id] = phase_start
        phase_ends = [end_times.get(step.id) for step in phase.steps if step.id in wanted_at]
        phase_start = (
            max([phase_start, *(end for end in phase_ends if end)]) if phase_start and all(phase_ends) else None
        )
    return starts


def due_times(
    book: Playbook, started_at: datetime, wanted_at: Mapping[str, datetime], steps: Sequence[StepRecord]
) -> dict[str, datetime | None]:
    """When each wanted step is due; None while the event it is counted from has not happened.

    A step that becomes wanted later, for example because the severity rose, gets its full time from then.
    """
    starts = phase_starts(book, started_at, wanted_at, steps)
    end_times = _end_times(steps)
    due_by_step: dict[str, datetime | None] = {}
    for phase in book.phases:
        for step in phase.steps:
            if step.id in wanted_at:
                origin = _origin(step, started_at, starts[phase.id], end_times)
                within = step.due.within if step.due else None
                due_by_step[step.id] = max(origin, wanted_at[step.id]) + within if origin and within else None
    return due_by_step


def _end_times(steps: Iterable[StepRecord]) -> dict[str, datetime]:
    return {step.step_key: step.finished_at for step in steps if step.finished_at}


def _origin(
    step: Step, started_at: datetime, phase_start: datetime | None, end_times: Mapping[str, datetime]
) -> datetime | None:
    after = step.due.after if step.due else START
    if after == START:
        return started_at
    return phase_start if after == PHASE else end_times.get(after)


def reminder_level(reminders_sent: int) -> str | None:
    """`owner`, `commander` or `ladder` for the reminder after `reminders_sent` ones; None after enough."""
    return REMINDER_LEVELS[reminders_sent] if reminders_sent < MAX_REMINDERS else None


def next_reminder_at(reminders_sent: int, now: datetime) -> datetime | None:
    """When to remind again after `reminders_sent` ones, the last of them `now`; missed ones never pile up."""
    return now + REMINDER_GAPS[reminders_sent - 1] if 0 < reminders_sent < MAX_REMINDERS else None
