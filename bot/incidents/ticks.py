"""The clock's second: everything that nouns registered to look for what is due, and when something is due next."""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from bot.errors import TryLater
from bot.incidents.registry import Registry, Tick
from bot.services import Services

log = logging.getLogger(__name__)

DueTimes = Mapping[str, datetime | None]


def run_ticks(services: Services, now: datetime) -> bool:
    """Do what is due at `now`; a tick that fails does not stop the others. True when none failed."""
    due_times: DueTimes | None = None
    is_well = True
    for each in services.get(Registry).ticks:
        try:
            if each.due is None:
                each.run(services, now)
                continue
            # Read again after each tick that had something to do: it may have made a later one due.
            due_times = due_times or read_due_times(services)
            due_at = due_times[each.name]
            if due_at is not None and due_at <= now:
                due_times = None
                each.run(services, now)
        except TryLater as later:  # such as when the process ends meanwhile
            is_well = False
            log.warning("not done now", extra={"look": each.name, "reason": later.reason})
        except Exception:  # the clock must outlive anything; the next tick looks again
            is_well = False
            log.exception("tick failed", extra={"look": each.name})
    return is_well


def next_due(services: Services) -> datetime | None:
    """When the clock will next find something to do, over all incidents; None when nothing waits."""
    return min((due_at for due_at in read_due_times(services).values() if due_at), default=None)


def read_due_times(services: Services) -> DueTimes:
    """When each tick that can say so is due next, by its name: one statement."""
    ticks = tuple(each for each in services.get(Registry).ticks if each.due is not None)
    with services.database.reading() as session:
        return dict(session.connection().execute(_select_due_times(ticks)).one()._mapping)


@cache
def _select_due_times(ticks: tuple[Tick, ...]) -> sa.Select[Any]:
    return sa.select(*(each.due.scalar_subquery().label(each.name) for each in ticks if each.due is not None))
