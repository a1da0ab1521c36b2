"""The last update tells when the next one comes; when that changes, it is edited, not followed by another."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.clock import utcnow
from bot.durable import waiting_flow
from bot.flows.updates import promising
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block, context
from bot.slack.messages import Posted
from bot.slack.outcomes import SlackRefused
from bot.slack.text import near_time, one_line
from bot.templates import TemplateBroken
from bot.updates import deliveries, pauses, tables, views
from bot.updates.tables import Promise

TEMPLATE = "update_footer"
REASON = 200


class AmendRequest(BaseModel):
    """Which update no longer tells the truth about the next one."""

    promise_id: int


def amend_last(services: Services, number: int, audience: str, now: datetime) -> None:
    """The last update to an audience says when the next one comes after all. Nothing to do before the first."""
    with services.store.reading() as session:
        last = tables.last_sent(session, number, audience)
    if last:
        key = f"amend:{last.key}:{now.isoformat()}"
        services.flows.start_once(key, amend, AmendRequest(promise_id=last.row))


def amend_all(services: Services, number: int, now: datetime) -> None:
    """The same for every audience of an incident."""
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
    for name in promising.audiences(services, incident):
        amend_last(services, number, name, now)


@waiting_flow
def amend(services: Services, request: AmendRequest) -> None:
    """Edit an update wherever it stands. What it says is drawn from the state, so twice is as good as once."""
    with services.store.reading() as session:
        promise = tables.get(session, request.promise_id)
        incident = incidents.by_number(session, promise.incident_id)
        legs = deliveries.of_promise(session, promise.row)
        last = tables.last_sent(session, promise.incident_id, promise.audience)
        blocks = [*views.blocks(promise.words), *_footer(session, services, incident, promise)]
    # When the next one was sent meanwhile, that one tells it.
    if last is None or last.row != promise.row:
        return
    for leg in legs:
        if leg.ts and leg.channel_id:
            _edit(services, Posted(leg.channel_id, leg.ts), promise.words, blocks)


def _edit(services: Services, posted: Posted, words: str, blocks: list[Block]) -> None:
    try:
        services.slack.update(posted, words, blocks)
    except SlackRefused:  # somebody deleted it, or the channel is gone: then nobody reads the wrong time there
        return


def _footer(session: Session, services: Services, incident: Incident, promise: Promise) -> list[Block]:
    now, audience = utcnow(), services.floor.audiences.get(promise.audience)
    if audience is None:
        return []
    pause = pauses.current(session, incident.number)
    waiting = tables.waiting(session, incident.number, promise.audience)
    due_at = waiting[0].due_at if waiting else None
    if pause is None and due_at == promise.next_due_at:
        return []
    facts = {
        "is_paused": pause is not None,
        # What colleagues tell each other is not for others.
        "reason": one_line(pause.reason, REASON) if pause and not audience.outside else "",
        "next_update": near_time(due_at, now) if due_at else "",
    }
    return [context(_words(services, language, facts)) for language in audience.languages]


def _words(services: Services, language: str, facts: dict[str, object]) -> str:
    try:
        return services.templates.render(f"{TEMPLATE}/{language}.j2", facts)
    except TemplateBroken:
        return (
            "Updates are paused." if facts["is_paused"] else f"Next update {facts['next_update'] or 'on change'}."
        )
