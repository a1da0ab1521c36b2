"""The escalation clock of P1 and P2 cases, apart from the SLA's: who is told next, and when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

UNASSIGNED, NOT_ACTIONED, BY_HAND = "unassigned", "not actioned", "by hand"
MANAGER, PROCESS, SENIOR = range(3)
LEVELS = ("the team's manager", "whoever processes requests", "senior management")


class Next(Struct, frozen=True):
    """Who is told now: the level and its people; and when the next level is due, None after the last."""

    level: int
    people: tuple[str, ...]
    due_at: datetime | None


def first_due(since: datetime, allowed: timedelta) -> datetime:
    """When the first level is due: from the moment on since when it lies, whenever that was heard of."""
    return since + allowed


def next_level(level: int, people: Sequence[Sequence[str]], next_after: timedelta, now: datetime) -> Next | None:
    """The first level from `level` on that has people: a manager who is away, or whom no schedule names, is
    passed over at once, so that nothing waits for nobody. `people` holds those of each level who can be
    reached. None when nobody is left."""
    for at in range(level, len(LEVELS)):
        if people[at]:
            has_more = any(people[at + 1 :])
            return Next(at, tuple(dict.fromkeys(people[at])), now + next_after if has_more else None)
    return None
