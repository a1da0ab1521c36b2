"""An incident's record as files, and people's words taken out after their time."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """The job that takes out what the floor wants forgotten."""
    # Loaded here, so that importing only the tables does not load the listeners.
    from bot.incidents.registry import Job
    from bot.screens.records import purge, purge_text

    registry.jobs.append(Job("purge", purge.EVERY_S, purge.run_scheduled))
    registry.purge_rules += purge_text.BASE
