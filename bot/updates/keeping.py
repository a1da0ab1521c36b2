"""A promise is kept, or refused, once its update has reached its channels or never will."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.config.floor import HERE
from bot.incidents import channel_loss as losses
from bot.incidents import incidents
from bot.incidents.audiences import audience_title
from bot.outbox import kinds
from bot.outbox.kinds import Settled
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.messages import Posted
from bot.timeline import timeline
from bot.updates import deliveries, draft_messages, rules, tables
from bot.updates.tables import Promise


def note_delivered(settled: Settled, posted: Posted | None) -> None:
    """The update is in one channel; an edit of it changes nothing."""
    if settled.row.ts is None:
        _conclude_when_done(settled, utcnow())


def note_refused(settled: Settled, error: str) -> None:
    """Slack will not take it there; nobody misses the edit of a message that is gone."""
    row, session, now = settled.row, settled.session, utcnow()
    if row.ts is not None:
        return
    promise = tables.locked(session, int(row.subject))
    channel = deliveries.channel_of(row)
    what = f"send the {promise.audience} update to {channel}"
    timeline.append(session, promise.incident_id, "trouble", now, what=what, reason=error)
    if channel == HERE and error in losses.LOSS_BY_ERROR:
        incident = incidents.by_number(session, promise.incident_id)
        losses.mark_channel_lost(session, incident, losses.LOSS_BY_ERROR[error], now)
    _conclude_when_done(settled, now)


def _conclude_when_done(settled: Settled, now: datetime) -> None:
    promise = tables.locked(settled.session, int(settled.row.subject))
    rows = deliveries.of_promise(settled.session, promise)
    if all(row.is_settled for row in rows):
        conclude(settled.session, settled.services, promise, any(row.ts for row in rows), now)


def conclude(session: Session, services: Services, promise: Promise, arrived: bool, now: datetime) -> None:
    """Nothing is left to do for a promise that is being kept."""
    if promise.state != tables.SENDING:
        return
    if arrived:
        promise.state, promise.sent_at = tables.SENT, now
        _write_down(session, services, promise, now)
    else:
        promise.state, promise.escalate_at = tables.REFUSED, promise.escalate_at and now
    if arrived and now - promise.due_at <= rules.LATE_AFTER:
        promise.escalate_at = None
    session.add(promise)
    outbox.mark_stale(session, promise.incident_id, (kinds.CARD, kinds.DIGEST))
    draft_messages.mark_stale(session, promise)


def _write_down(session: Session, services: Services, promise: Promise, now: datetime) -> None:
    title = audience_title(services, promise.audience)
    number = promise.incident_id
    if promise.missed:
        timeline.append(session, number, "updates_missed", now, missed=promise.missed, audience=title)
    manner = {"clock": " as promised", "change": " because something changed"}.get(promise.occasion, "")
    if promise.missed:
        manner = " late"
    timeline.append(session, number, "update_sent", now, promise.requested_by, audience=title, manner=manner)
