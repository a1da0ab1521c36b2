"""Export of an incident's record as files, and the purge of people's words after their retention time."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the purge job and the purge rules of the base tables."""
    from bot.incidents.registry import Job
    from bot.screens.records import purge, purge_text

    registry.jobs.append(Job("purge", purge.EVERY_S, purge.run_scheduled))
    registry.purge_rules += purge_text.BASE
