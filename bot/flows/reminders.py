"""Steps that are not finished in time: the owner is reminded, then the commander, then the escalation ladder.

Each reminder stands in the thread of the playbook's message; after three nothing more is said.
"""

from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.displays import tables as displays
from bot.flows import notices as notice_flow
from bot.flows.displays import refresh_soon
from bot.flows.steps import write_down
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.notices import tables as notices
from bot.playbooks import reminders, rules
from bot.playbooks import tables as playbooks
from bot.playbooks import views as playbook_views
from bot.playbooks.tables import PlaybookStep
from bot.services import Services
from bot.slack.blocks import context
from bot.slack.text import mentions
from bot.timeline import tables as timeline


def remind_of_overdue_steps(services: Services, now: datetime) -> None:
    """Remind of every step whose time has come; whoever ticks, each reminder is said once."""
    with services.store.reading() as session:
        due = playbooks.due_reminders(session, now)
    for step in due:
        with services.store.transaction() as session:
            _remind(session, services, step, now)
        refresh_soon(services, step.incident_id)
    if due:
        notice_flow.send_soon(services)


def _remind(session: Session, services: Services, step: PlaybookStep, now: datetime) -> None:
    incident = incidents.by_number(session, step.incident_id)
    message = displays.find(session, step.incident_id, displays.RUN, str(step.run_id))
    if not reminders.reminded(session, step.number, step.reminders_sent, now):
        return
    displays.outdate(session, incident.number, (displays.CARD, displays.RUN))
    if not incident.is_active or incident.channel_id is None:
        return
    level = rules.who_to_remind(step.reminders_sent) or "owner"
    asked = _asked(session, services, incident, step, level)
    text, blocks = playbook_views.reminder_message(step, now)
    words = f"{asked} {text}".strip()
    notices.add(
        session,
        f"remind:{step.number}:{step.rounds}:{step.reminders_sent}",
        incident.channel_id,
        words,
        now,
        incident_id=incident.number,
        thread_ts=message.ts if message else None,
        blocks=[*blocks, context(asked)] if asked else blocks,
    )
    timeline.append(session, incident.number, "step_reminded", now, step=step.title, level=level)


def _asked(session: Session, services: Services, incident: Incident, step: PlaybookStep, level: str) -> str:
    """Who is asked now, as mentions: whoever should have it, and one rung higher each time nobody is there."""
    roles = incidents.roles(session, incident.number)
    owner = [step.owner_id] if step.owner_id else roles.get(step.owner_role, [])
    commander = roles.get("commander", [])
    if level == "owner" and (owner or commander):
        return mentions(owner or commander)
    if level == "commander" and commander:
        return mentions(commander)
    return _ladder(session, services, incident) or mentions(commander or [incident.declared_by])


def _ladder(session: Session, services: Services, incident: Incident) -> str:
    severity = services.floor.severity(incident.severity)
    told = [name for tier in severity.ladder for name in tier.tell] or list(severity.invite)
    groups = [directory.group_id(session, name.removeprefix("@")) for name in told if name.startswith("@")]
    return ", ".join(f"<!subteam^{group}>" for group in groups if group)


def repeat_steps(services: Services, now: datetime) -> None:
    """Steps that are done again and again come back when their time has come."""
    with services.store.reading() as session:
        due = reminders.steps_to_repeat(session, now)
    for step_id in due:
        with services.store.transaction() as session:
            change = reminders.repeat(session, step_id, now)
            if change is None:
                continue
            write_down(session, change)
            displays.outdate(session, change.incident_id, (displays.CARD, displays.RUN))
        refresh_soon(services, change.incident_id)
