"""Alarms about Watchfloor's own work: what the auditor found."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """The auditor's job; what it looks for is registered by each noun."""
    from bot.alarms import audit
    from bot.incidents.registry import Job, PurgeRule

    registry.jobs.append(Job("audit", audit.EVERY_S, audit.audit))
    registry.purge_rules.append(PurgeRule("alarms"))
