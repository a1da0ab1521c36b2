"""Maps the states of other systems to phases: whose turn it is, and whether the SLA clock runs."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.cases.rules.sla import Pause


class Phase(StrEnum):
    """The phase of a case in its life cycle."""

    NEW = "new"
    WORKING = "working"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


ENDED = (Phase.RESOLVED, Phase.CLOSED)
STOPPED = (Phase.PENDING, *ENDED)
# ServiceNow's numeric states, which some files contain instead of names.
_PHASE_BY_CODE = {
    "1": Phase.NEW,
    "2": Phase.WORKING,
    "3": Phase.PENDING,
    "6": Phase.RESOLVED,
    "7": Phase.CLOSED,
    "8": Phase.CLOSED,
}
# The first match counts: "awaiting closure" is pending, "closed - pending review" is closed.
_PATTERNS = (
    (Phase.CLOSED, r"^(closed|cancel|complete|done|rejected|cerrad|cancelad)"),
    (Phase.NEW, r"(await|pend|wait)\w* (for )?assign|pendiente de asigna|sin asignar"),
    (Phase.WORKING, r"un(re)?solved|sin resolver|wait\w* (for|on) support"),
    (Phase.PENDING, r"await|pending|hold|wait|schedul|paus|suspend|espera|pendiente"),
    (Phase.RESOLVED, r"resolv|solved|fixed|resuelt"),
    (Phase.NEW, r"^(new|open|unassigned|queued|submitted|reopen|nuev|abiert)"),
    (Phase.CLOSED, r"clos|cancel"),
)


def phase_of(state: str) -> Phase | None:
    """The phase that the name of a state stands for; None if the name says nothing, such as `-100`."""
    text = state.strip().lower()
    if text in _PHASE_BY_CODE:
        return _PHASE_BY_CODE[text]
    for phase, pattern in _PATTERNS:
        if re.search(pattern, text):
            return phase
    return Phase.WORKING if re.search(r"[a-z]{3}", text) else None


class Step(Struct, frozen=True):
    """The entry of a case into a phase; `state` is the source's own name for it."""

    at: datetime
    phase: str
    state: str = ""


def pauses_of(steps: Iterable[Step]) -> tuple[Pause, ...]:
    """The times in which the clock stood still: while the case was pending, and between its end and reopening.
    A case that is resolved while pending stays stopped, in one pause."""
    pauses: list[Pause] = []
    since: datetime | None = None
    for step in steps:
        if step.phase in STOPPED:
            since = since or step.at
        elif since is not None:
            pauses.append(Pause(since, step.at))
            since = None
    return (*pauses, Pause(since)) if since is not None else tuple(pauses)


def reopenings(steps: Iterable[Step]) -> int:
    """How often the case was reopened after it had ended."""
    count, has_ended = 0, False
    for step in steps:
        if step.phase in ENDED:
            has_ended = True
        elif has_ended:
            count, has_ended = count + 1, False
    return count
