"""What stands below an update that no longer tells when the next one comes: the new time, or that it is paused."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.blocks import Block, context
from bot.slack.text import near_time, one_line
from bot.updates import pauses, tables
from bot.updates.tables import Promise

TEMPLATE = "update_footer"
REASON = 200


def footer(
    session: Session,
    services: Services,
    incident: Incident,
    promise: Promise,
    languages: Sequence[str],
    now: datetime,
    *,
    is_outside: bool,
) -> list[Block]:
    """A line in each language; none while the update still tells the truth."""
    pause = pauses.current(session, incident.number)
    waiting = tables.waiting(session, incident.number, promise.audience)
    due_at = waiting[0].due_at if waiting else None
    if pause is None and due_at == promise.next_due_at:
        return []
    facts = {
        "is_paused": pause is not None,
        # What colleagues tell each other is not for others.
        "reason": one_line(pause.reason, REASON) if pause and not is_outside else "",
        "next_update": near_time(due_at, now) if due_at else "",
    }
    return [context(_footer_text(services, language, facts)) for language in languages]


def footer_now(session: Session, services: Services, incident: Incident, promise: Promise) -> list[Block]:
    """The same in the languages of the update's audience, as things are now."""
    audience = services.floor.audiences.get(promise.audience)
    if audience is None:
        return []
    languages, is_outside = audience.languages, audience.outside
    return footer(session, services, incident, promise, languages, utcnow(), is_outside=is_outside)


def _footer_text(services: Services, language: str, facts: dict[str, object]) -> str:
    try:
        return services.templates.render(f"{TEMPLATE}/{language}.j2", facts)
    except TemplateBroken:
        return (
            "Updates are paused." if facts["is_paused"] else f"Next update {facts['next_update'] or 'on change'}."
        )
