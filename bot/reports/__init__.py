"""Reports on a day, a week or a month, compared with the previous four, as a picture and a spreadsheet."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.incidents.registry import Registry


def register(registry: "Registry") -> None:
    """Register the command, the job that sends what is due, and the outbox kind for reports."""
    from bot.incidents.registry import Job, Section
    from bot.outbox import kinds
    from bot.outbox.kinds import Kind
    from bot.outbox.rules import Refusal
    from bot.reports import listeners, sending, wording
    from bot.runtime.clock import utcnow

    registry.command("report", listeners.report)
    registry.help(Section.ANYWHERE, 33, wording.HELP)
    registry.jobs.append(Job("reports", sending.EVERY_S, lambda services: sending.send_due(services, utcnow())))
    registry.kinds.append(Kind(kinds.REPORT, "", sending.call, sending.target_of, otherwise=Refusal.FINAL))
