"""The last update tells when the next one comes; when that changes, it is edited, not followed by another."""

from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.errors import TryLater
from bot.incidents import audiences as known_audiences
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.workflows import waiting_flow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.errors import SlackRefused
from bot.slack.messages import Posted
from bot.updates import deliveries, tables, views
from bot.updates.footers import footer
from bot.updates.tables import Promise


class AmendRequest(BaseModel):
    """Which update no longer tells the truth about the next one."""

    promise_id: int


def amend_last(services: Services, number: int, audience: str, now: datetime) -> None:
    """The last update to an audience says when the next one comes after all. Nothing to do before the first."""
    with services.store.reading() as session:
        last = tables.last_composed(session, number, audience)
    if last:
        key = f"amend:{last.key}:{now.isoformat()}"
        services.flows.start_once(key, amend, AmendRequest(promise_id=last.row))


def amend_all(services: Services, number: int, now: datetime) -> None:
    """The same for every audience of an incident."""
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
    for name in known_audiences.audiences(services, incident):
        amend_last(services, number, name, now)


@waiting_flow
def amend(services: Services, request: AmendRequest) -> None:
    """Edit an update wherever it stands. What it says is drawn from the state, so twice is as good as once."""
    with services.store.reading() as session:
        promise = tables.get(session, request.promise_id)
        incident = incidents.by_number(session, promise.incident_id)
        legs = deliveries.of_promise(session, promise.row)
        last = tables.last_composed(session, promise.incident_id, promise.audience)
        blocks = [*views.blocks(promise.words), *_footer(session, services, incident, promise)]
    # When the next one was sent meanwhile, that one tells it.
    if last is None or last.row != promise.row:
        return
    if promise.state == tables.SENDING:
        raise TryLater("the update is on its way")
    for leg in legs:
        if leg.ts and leg.channel_id:
            _edit(services, Posted(leg.channel_id, leg.ts), promise.words, blocks)


def _edit(services: Services, posted: Posted, words: str, blocks: list[Block]) -> None:
    try:
        services.slack.update(posted, words, blocks)
    except SlackRefused:  # somebody deleted it, or the channel is gone: then nobody reads the wrong time there
        return


def _footer(session: Session, services: Services, incident: Incident, promise: Promise) -> list[Block]:
    audience = services.floor.audiences.get(promise.audience)
    if audience is None:
        return []
    languages, is_outside = audience.languages, audience.outside
    return footer(session, services, incident, promise, languages, utcnow(), is_outside=is_outside)
