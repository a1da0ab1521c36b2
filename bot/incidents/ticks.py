"""The clock's tick of every second: runs the ticks that nouns registered, and finds when the next one is due."""

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
    """Run what is due at `now`; a failing tick does not stop the others. Return True if none failed."""
    due_times: DueTimes | None = None
    is_well = True
    for tick in services.get(Registry).ticks:
        try:
            if tick.due is None:
                tick.run(services, now)
                continue
            # Read again after each tick that ran, because it may have made a later one due.
            due_times = due_times or read_due_times(services)
            due_at = due_times[tick.name]
            if due_at is not None and due_at <= now:
                due_times = None
                tick.run(services, now)
        except TryLater as later:  # such as when the process is ending
            is_well = False
            log.warning("not done now", extra={"tick": tick.name, "reason": later.reason})
        except Exception:  # the clock must survive any error; the next tick tries again
            is_well = False
            log.exception("tick failed", extra={"tick": tick.name})
    return is_well


def next_due(services: Services) -> datetime | None:
    """The earliest due time over all incidents; None if nothing is waiting."""
    return min((due_at for due_at in read_due_times(services).values() if due_at), default=None)


def read_due_times(services: Services) -> DueTimes:
    """The next due time of each tick that has `due`, by name, read in one statement."""
    ticks = tuple(tick for tick in services.get(Registry).ticks if tick.due is not None)
    with services.database.reading() as session:
        return dict(session.connection().execute(_select_due_times(ticks)).one()._mapping)


@cache
def _select_due_times(ticks: tuple[Tick, ...]) -> sa.Select[Any]:
    return sa.select(*(tick.due.scalar_subquery().label(tick.name) for tick in ticks if tick.due is not None))
