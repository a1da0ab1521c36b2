"""The escalation clock of P1 and P2 cases, separate from the SLA clock: who is notified next, and when."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.cases.rules.schedule import Schedule
from bot.cases.rules.sla import Clock

UNASSIGNED, NOT_ACTIONED, BY_HAND = "unassigned", "not actioned", "by hand"
LEVELS = ("the team's manager", "request processing", "senior management")


class Next(Struct, frozen=True):
    """The level to notify now, with its people, and when the next level is due; None after the last."""

    level: int
    people: tuple[str, ...]
    due_at: datetime | None


def level_due(kind: str, schedule: Schedule, since: datetime, allowed: timedelta) -> datetime:
    """When a level is due: after `allowed` within the hours of the case's contract, so that nobody is told in the
    night about a case that nobody need touch before the morning. What a person escalated does not wait for hours.

    Raises `NeverOpen` if the contract has no hours.
    """
    due_at = None if kind == BY_HAND else Clock(schedule, since, allowed).deadline()
    return due_at or since + allowed


def next_level(level: int, people: Sequence[Sequence[str]], next_due: datetime) -> Next | None:
    """The first level from `level` on that has people; None if no such level is left. A level without people, such
    as one whose manager is away, is skipped at once rather than waited for. `people` holds the people who can be
    reached, by level; `next_due` is when the level after it is due, if one is left."""
    for candidate_level in range(level, len(LEVELS)):
        if people[candidate_level]:
            has_more = any(people[candidate_level + 1 :])
            return Next(
                candidate_level, tuple(dict.fromkeys(people[candidate_level])), next_due if has_more else None
            )
    return None
