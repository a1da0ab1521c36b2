"""The clock: a few fixed jobs that look for what is due. Due times are in the database, never here."""

import logging
from collections.abc import Callable
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from bot.alarms import audit
from bot.channels import recovery
from bot.directory import lookup as directory
from bot.escalation import escalate, paging, ringing
from bot.followups import reminders as followup_reminders
from bot.outbox.take_over import take_over
from bot.outbox.worker import Worker
from bot.partners import notice_actions as partner_notices
from bot.playbooks import newer_versions as newer_playbooks
from bot.playbooks import reminder_actions as reminders
from bot.postmortems import delivery as postmortem
from bot.postmortems import reminders as postmortem_reminders
from bot.runtime import clock
from bot.runtime.clock import utcnow
from bot.runtime.heartbeat import Pulse
from bot.screens.next_due import next_due
from bot.screens.records import purge
from bot.screens.timeline import pictures
from bot.services import Services
from bot.slack.connection_watch import LineWatch
from bot.slack.socket_mode import Line
from bot.updates import draft_actions as drafts
from bot.updates import missed as missed_promises
from bot.updates import pacing
from bot.updates import sending as update

log = logging.getLogger(__name__)

Look = Callable[[Services, datetime], None]


def deliver_due(services: Services, now: datetime) -> None:
    """Find rows of the outbox that were not delivered after their commit."""
    services.get(Worker).tick(now)


LOOKS: tuple[Look, ...] = (
    pacing.mind_the_clock,
    update.start_due,
    partner_notices.start_due,
    missed_promises.tell,
    drafts.show_due,
    escalate.start_due,
    paging.note_silences,
    ringing.start_waiting,
    reminders.remind_of_overdue_steps,
    reminders.repeat_steps,
    newer_playbooks.tell_of_newer_playbooks,
    deliver_due,
    postmortem.tick,
    pictures.tick,
    recovery.tick,
    followup_reminders.remind,
    followup_reminders.post_digest,
    postmortem_reminders.tick,
)
LEARN_EVERY_S = 15 * 60
AUDIT_EVERY_S = 60
PURGE_EVERY_S = 60 * 60
TAKE_OVER_EVERY_S = 5
WATCH_EVERY_S = 2


def tick(services: Services, now: datetime) -> None:
    """Look for everything that is due at `now`; what one look breaks on does not stop the others."""
    for look in LOOKS:
        try:
            look(services, now)
        except Exception:  # the clock must outlive anything; the next tick looks again
            log.exception("tick failed", extra={"look": look.__module__})


def start(services: Services, every_s: float, ticks: Pulse, line: Line | None) -> BackgroundScheduler:
    """Tick every `every_s` seconds, hear about the workspace now and then, see whether the line to Slack stands."""

    def look() -> None:
        tick(services, utcnow())
        clock.announce(next_due(services))
        ticks.beat()

    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    scheduler.add_job(look, "interval", seconds=every_s, id="tick")
    scheduler.add_job(lambda: directory.learn(services), "interval", seconds=LEARN_EVERY_S, id="learn")
    scheduler.add_job(lambda: audit.audit(services), "interval", seconds=AUDIT_EVERY_S, id="audit")
    scheduler.add_job(lambda: purge.by_clock(services), "interval", seconds=PURGE_EVERY_S, id="purge")
    if line:
        scheduler.add_job(LineWatch(line).look, "interval", seconds=WATCH_EVERY_S, id="watch the line")
    if services.replicas.are_several:
        scheduler.add_job(lambda: take_over(services), "interval", seconds=TAKE_OVER_EVERY_S, id="take over")
    scheduler.start()
    return scheduler
