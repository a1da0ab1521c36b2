"""Converts the schedules of floor.yaml for the rules, and builds the SLA clock of a case."""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from bot.cases.rules.schedule import Schedule
from bot.cases.rules.sla import Clock
from bot.cases.rules.states import Step, pauses_of
from bot.cases.tables import Case
from bot.config.floor.cases import Cases, ContractHours


def schedule_of(settings: Cases, name: str) -> Schedule:
    """The schedule of that name; if it is no longer in floor.yaml, one that never stops."""
    hours = settings.schedules.get(name)
    return _schedule(hours) if hours else Schedule()


@lru_cache(maxsize=256)
def _schedule(hours: ContractHours) -> Schedule:
    by_day: dict[int, list[tuple[int, int]]] = {}
    for days, begins, ends in hours.hours:
        for day in days:
            by_day.setdefault(day, []).append((begins, ends))
    return Schedule(
        hours.zone, {day: tuple(sorted(spans)) for day, spans in by_day.items()}, frozenset(hours.holidays)
    )


def clock_of(settings: Cases, case: Case, steps: Sequence[Step]) -> Clock | None:
    """The SLA clock of a case; None without a target."""
    if case.target_s is None:
        return None
    target = timedelta(seconds=case.target_s)
    return Clock(schedule_of(settings, case.schedule), case.started_at, target, pauses_of(steps))
