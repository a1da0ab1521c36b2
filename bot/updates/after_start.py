"""Cleanup, once after the start, of what a previous `floor.yaml` or an earlier version left behind."""

from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.outbox import kinds
from bot.services import Services
from bot.timeline import timeline
from bot.updates import deliveries, drafts, tables


class AfterStart(Struct):
    """Whether this process has done the cleanup."""

    is_done: bool = False


def clean_up(services: Services, now: datetime) -> None:
    """Clean up once after the start: drop promises to removed audiences, and conclude updates that arrived."""
    state = services.get(AfterStart)
    if state.is_done:
        return
    with services.database.transaction() as session:
        _drop_removed_audiences(session, services, now)
        on_their_way = tables.on_their_way(session)
    for promise in on_their_way:
        deliveries.conclude_arrived(services, promise)
    state.is_done = True


def _drop_removed_audiences(session: Session, services: Services, now: datetime) -> None:
    """Drop promises to audiences no longer in `floor.yaml`, and record that in the timeline."""
    promises = tables.promised_to_others(session, list(services.floor.audiences))
    for promise in promises:
        promise.state, promise.escalate_at = tables.DROPPED, None
        deliveries.drop(session, promise)
        drafts.mark_stale(session, promise)
    for number, audience in sorted({(promise.incident_id, promise.audience) for promise in promises}):
        timeline.append(session, number, "audience_gone", now, audience=audience)
        outbox.mark_stale(session, number, (kinds.CARD, kinds.DIGEST))
