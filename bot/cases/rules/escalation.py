"""The escalation clock of P1 and P2 cases, separate from the SLA clock: who is notified next, and when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

UNASSIGNED, NOT_ACTIONED, BY_HAND = "unassigned", "not actioned", "by hand"
LEVELS = ("the team's manager", "request processing", "senior management")


class Next(Struct, frozen=True):
    """The level to notify now, with its people, and when the next level is due; None after the last."""

    level: int
    people: tuple[str, ...]
    due_at: datetime | None


def first_due(since: datetime, allowed: timedelta) -> datetime:
    """When the first level is due: counted from when the case became idle, not from when that was reported."""
    return since + allowed


def next_level(level: int, people: Sequence[Sequence[str]], next_after: timedelta, now: datetime) -> Next | None:
    """The first level from `level` on that has people; None if no such level is left. A level without people, such
    as one whose manager is away, is skipped at once rather than waited for. `people` holds the people who can be
    reached, by level."""
    for candidate_level in range(level, len(LEVELS)):
        if people[candidate_level]:
            has_more = any(people[candidate_level + 1 :])
            return Next(
                candidate_level,
                tuple(dict.fromkeys(people[candidate_level])),
                now + next_after if has_more else None,
            )
    return None
