"""A promise is concluded, kept or refused, once its update has reached its channels or never will."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.config.floor import HERE
from bot.incidents import channel_loss, incidents
from bot.incidents.audiences import audience_title, channels_of
from bot.outbox import kinds
from bot.outbox.kinds import Settled
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.messages import Posted
from bot.slack.text import time_of_ts
from bot.timeline import timeline
from bot.updates import deliveries, draft_messages, rules, tables
from bot.updates.tables import Promise


def note_delivered(settled: Settled, posted: Posted | None) -> None:
    """Handle delivery to one channel: a post delivers the update, an edit the lines added below it."""
    now = utcnow()
    if settled.row.ts is None:
        _conclude_if_settled(settled, tables.locked(settled.session, int(settled.row.subject)), now)
    for line in _lines_on_their_way(settled):
        _conclude_if_settled(settled, line, now)


def note_refused(settled: Settled, error: str) -> None:
    """Handle Slack's final refusal in one channel; a line for a message that is gone becomes its own message."""
    row, session, now = settled.row, settled.session, utcnow()
    if row.ts is not None:
        for line in _lines_on_their_way(settled):
            _send_by_itself(settled, line, now)
        return
    promise = tables.locked(session, int(row.subject))
    channel = deliveries.channel_of(row)
    attempt = f"send the {promise.audience} update to {channel}"
    timeline.append(session, promise.incident_id, "trouble", now, what=attempt, reason=error)
    incident = incidents.by_number(session, promise.incident_id)
    if channel == HERE and (loss := channel_loss.loss_of_error(incident, error)):
        channel_loss.mark_channel_lost(session, settled.services.floor, incident, loss, now)
    _conclude_if_settled(settled, promise, now)


def _lines_on_their_way(settled: Settled) -> list[Promise]:
    lines = tables.lines_below(settled.session, int(settled.row.subject))
    return [tables.locked(settled.session, line.row) for line in lines if line.state == tables.SENDING]


def _send_by_itself(settled: Settled, line: Promise, now: datetime) -> None:
    session, services = settled.session, settled.services
    incident = incidents.by_number(session, line.incident_id)
    line.added_to = None
    channels = channels_of(services, incident, line.audience)
    deliveries.add_deliveries(session, services.floor, line, channels, now)


def _conclude_if_settled(settled: Settled, promise: Promise, now: datetime) -> None:
    rows = deliveries.of_promise(settled.session, promise)
    if _is_settled(promise, rows):
        conclude(settled.session, settled.services, promise, any(row.ts for row in rows), now)


def _is_settled(promise: Promise, rows: Sequence[OutboxRow]) -> bool:
    """True if it was posted or refused in each channel. A line needs its edit settled; a message only its post."""
    is_line = promise.added_to is not None
    return all(row.is_settled if is_line else row.ts or row.refused for row in rows)


def conclude_arrived(services: Services, on_its_way: Promise) -> None:
    """Conclude an update that arrived everywhere without being noted, at the time of its last Slack message."""
    with services.database.transaction() as session:
        incidents.by_number_locked(session, on_its_way.incident_id)
        promise = tables.locked(session, on_its_way.row)
        rows = deliveries.of_promise(session, promise)
        if rows and promise.begun_at and _is_settled(promise, rows):
            arrival_times = [time_of_ts(row.ts) for row in rows if row.ts]
            conclude(session, services, promise, bool(arrival_times), max([promise.begun_at, *arrival_times]))


def conclude(session: Session, services: Services, promise: Promise, is_delivered: bool, now: datetime) -> None:
    """Conclude a promise whose update is on its way: sent if it arrived anywhere, else refused."""
    if promise.state != tables.SENDING:
        return
    if is_delivered:
        promise.state, promise.sent_at = tables.SENT, now
        _log_sent(session, services, promise, now)
    else:
        promise.state, promise.escalate_at = tables.REFUSED, promise.escalate_at and now
    if is_delivered and now - promise.due_at <= rules.LATE_AFTER:
        promise.escalate_at = None
    outbox.mark_stale(session, promise.incident_id, (kinds.CARD, kinds.DIGEST))
    draft_messages.mark_stale(session, promise)


def _log_sent(session: Session, services: Services, promise: Promise, now: datetime) -> None:
    title = audience_title(services, promise.audience)
    number = promise.incident_id
    if promise.missed:
        timeline.append(session, number, "updates_missed", now, missed=promise.missed, audience=title)
    manner = {"clock": " as promised", "change": " because something changed"}.get(promise.occasion, "")
    if promise.missed:
        manner = " late"
    timeline.append(session, number, "update_sent", now, promise.requested_by, audience=title, manner=manner)
