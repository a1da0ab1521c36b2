"""Asks the lead about an incident in which nobody has recorded anything for long: it may be over or forgotten."""

from datetime import datetime, timedelta

from sqlmodel import col

from bot import outbox
from bot.incidents import channel_loss, forms, rules, wording
from bot.incidents.change import Change, changing_by_clock
from bot.incidents.events import Event
from bot.incidents.roles import lead_of
from bot.incidents.tables import Incident
from bot.runtime.database import due_rows, next_due
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import format_duration, mention
from bot.timeline import timeline

A_DAY = timedelta(hours=24)
NEXT_CHECK = next_due(col(Incident.idle_check_at))


def schedule(change: Change, event: Event) -> None:
    """Set when to check; the check itself finds what was recorded in the meantime."""
    idle_after = _idle_after(change.services, change.incident)
    change.incident.idle_check_at = change.now + idle_after if idle_after else None


def ask_leads(services: Services, now: datetime) -> None:
    """Ask about every idle incident, once across all replicas, and again: each day, or ever later once resolved."""
    with services.database.reading() as session:
        numbers = [incident.number for incident in due_rows(session, Incident, col(Incident.idle_check_at), now)]
    for number in numbers:
        with changing_by_clock(services, number, now) as change:
            if change.incident.idle_check_at and change.incident.idle_check_at <= now:
                _ask_if_idle(change)


def _ask_if_idle(change: Change) -> None:
    incident, now = change.incident, change.now
    idle_after, checked_at = _idle_after(change.services, incident), incident.idle_check_at
    incident.idle_check_at = None
    if idle_after is None or checked_at is None:
        return
    last_act_at = timeline.last_act_at(change.session, change.number) or incident.declared_at
    incident.idle_check_at = last_act_at + idle_after
    if incident.idle_check_at > now:
        return
    is_open = incident.status in rules.OPEN
    # Nobody is hurt by a resolved incident that is not closed: the question comes ever less often.
    incident.idle_check_at = now + max(idle_after, A_DAY if is_open else now - last_act_at)
    lead = lead_of(change.session, incident)
    question = wording.IDLE if is_open else wording.IDLE_RESOLVED
    text = question.format(
        nobody="Nobody" if lead == incident.channel_id else f"{mention(lead)}, nobody",
        number=change.number,
        length=format_duration(now - last_act_at),
    )
    key, target, blocks = f"idle:{change.number}:{checked_at.isoformat()}", incident.channel_id, list[Block]()
    if target is None or channel_loss.is_lost(change.session, change.number):
        target = channel_loss.reader_without_channel(change.session, change.services.floor, incident)
        text, blocks = forms.without_channel(incident, text)
    if target:
        outbox.post(change.session, key, target, text, now, incident_id=change.number, blocks=blocks)


def _idle_after(services: Services, incident: Incident) -> timedelta | None:
    """How long nothing is recorded before the lead is asked; None if never."""
    idle_after = services.floor.severity(incident.severity).idle_after
    if idle_after is None or incident.status in rules.OPEN:
        return idle_after
    return A_DAY if incident.status == rules.Status.RESOLVED else None
