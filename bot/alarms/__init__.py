"""Alarms about Watchfloor's own work: the auditor's findings."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the auditor's job; each noun registers its own checks."""
    from bot.alarms import audit
    from bot.incidents.registry import Job

    registry.jobs.append(Job("audit", audit.EVERY_S, audit.audit))
    registry.without_text("alarms")
