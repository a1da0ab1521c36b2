"""Audiences that `floor.yaml` does not name any more, while updates were promised to them."""

from dataclasses import dataclass
from datetime import datetime

from bot import outbox
from bot.outbox import kinds
from bot.services import Services
from bot.timeline import timeline
from bot.updates import deliveries, draft_messages, tables


@dataclass
class GoneAudiences:
    """Whether this process has looked for them."""

    are_dropped: bool = False


def drop_gone_audiences(services: Services, now: datetime) -> None:
    """Once after the start: what was promised to an audience that is gone is not kept, and the timeline says so."""
    gone = services.get(GoneAudiences)
    if gone.are_dropped:
        return
    with services.database.transaction() as session:
        promises = tables.promised_to_others(session, list(services.floor.audiences))
        for promise in promises:
            promise.state, promise.escalate_at = tables.DROPPED, None
            session.add(promise)
            deliveries.drop(session, promise)
            draft_messages.mark_stale(session, promise)
        for number, audience in sorted({(promise.incident_id, promise.audience) for promise in promises}):
            timeline.append(session, number, "audience_gone", now, audience=audience)
            outbox.mark_stale(session, number, (kinds.CARD, kinds.DIGEST))
    gone.are_dropped = True
