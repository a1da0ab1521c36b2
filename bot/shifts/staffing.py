"""The staffing that the load requires, for each need that names queues."""

from datetime import datetime
from functools import partial

from bot.config.floor import Need
from bot.incidents.facts import AGENTS_NEEDED, AgentsNeeded
from bot.incidents.registry import Registry
from bot.services import Services
from bot.shifts.rules import Basis, to_minute


def loads(services: Services, start: datetime, end: datetime) -> list[tuple[Need, list[Basis]]]:
    """Each need that names queues with its load by interval; empty where the volume is unknown."""
    ask = services.get(Registry).ask(AGENTS_NEEDED)
    with services.database.reading() as session:
        return [
            (
                need,
                list(
                    map(partial(_basis, need.shrinkage), ask(session, services, need.queues, need.site, start, end))
                ),
            )
            for need in services.floor.shifts.needs
            if need.queues
        ]


def _basis(shrinkage: float, needed: AgentsNeeded) -> Basis:
    return Basis(
        start=to_minute(needed.starts_at),
        end=to_minute(needed.ends_at),
        offered=round(needed.offered, 1),
        aht_s=round(needed.aht_s, 1),
        patience_s=needed.patience_s,
        agents=needed.agents,
        agents_c=needed.agents_c,
        shrinkage=shrinkage,
        is_forecast=needed.is_forecast,
    )
