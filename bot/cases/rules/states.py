"""What the states of other systems mean: whose turn it is, and whether the SLA's clock runs."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.cases.rules.sla import Pause


class Phase(StrEnum):
    """Where a case is on its way."""

    NEW = "new"
    WORKING = "working"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"


ENDED = (Phase.RESOLVED, Phase.CLOSED)
STOPPED = (Phase.PENDING, *ENDED)
# ServiceNow's own numbers, where a file has them in place of the names.
_CODES = {
    "1": Phase.NEW,
    "2": Phase.WORKING,
    "3": Phase.PENDING,
    "6": Phase.RESOLVED,
    "7": Phase.CLOSED,
    "8": Phase.CLOSED,
}
# The first that fits counts: "awaiting closure" waits for somebody, "closed - pending review" is closed.
_WORDS = (
    (Phase.CLOSED, r"^(closed|cancel|complete|done|rejected|cerrad|cancelad)"),
    (Phase.PENDING, r"await|pending|hold|wait|schedul|paus|suspend|espera|pendiente"),
    (Phase.RESOLVED, r"resolv|solved|fixed|resuelt"),
    (Phase.NEW, r"^(new|open|unassigned|queued|submitted|reopen|nuev|abiert)"),
    (Phase.CLOSED, r"clos|cancel"),
)


def phase_of(state: str) -> Phase | None:
    """The phase that a state's name means; None when the name says nothing, such as `-100`."""
    text = state.strip().lower()
    if text in _CODES:
        return _CODES[text]
    for phase, pattern in _WORDS:
        if re.search(pattern, text):
            return phase
    return Phase.WORKING if re.search(r"[a-z]{3}", text) else None


class Step(Struct, frozen=True):
    """A case came into a phase; `state` is the source's own name for it."""

    at: datetime
    phase: str
    state: str = ""


def pauses_of(steps: Iterable[Step]) -> tuple[Pause, ...]:
    """When the clock stood still: while it waited for somebody else, and between its end and being reopened.
    What was paused and then resolved was paused until then, and stays stopped."""
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
    """How often it was opened again after it had ended."""
    count, has_ended = 0, False
    for step in steps:
        if step.phase in ENDED:
            has_ended = True
        elif has_ended:
            count, has_ended = count + 1, False
    return count
