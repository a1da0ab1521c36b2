"""Deliveries: one outbox row for each channel of an update; when all have arrived, its promise is concluded."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.config.floor import HERE, Audience, Floor
from bot.incidents import channel_loss, incidents
from bot.incidents.audiences import audience_title, channels_of
from bot.outbox import batches, kinds
from bot.outbox.batches import Batching
from bot.outbox.kinds import Settled
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.messages import Posted
from bot.slack.text import time_of_ts
from bot.timeline import timeline
from bot.updates import drafts, due_promises, rules, tables
from bot.updates.composition import compose
from bot.updates.tables import Promise

# How long an update waits for others due in the same minute.
WAIT_FOR_OTHERS = timedelta(seconds=30)


def add_deliveries(
    session: Session, floor: Floor, promise: Promise, channels: Sequence[str], now: datetime
) -> None:
    """Send an update to these channels. Each channel gets updates in the order in which they were composed.

    Updates due in one channel in the same minute are one message if their audiences share languages and standing.
    """
    audience = floor.audiences[promise.audience]
    similar_audiences = [
        name for name, other in floor.audiences.items() if name != promise.audience and _is_similar(other, audience)
    ]
    expected_audiences = {
        other.audience
        for other in due_promises.due_within(session, promise.incident_id, _minute_after(promise, now))
    }
    for channel in channels:
        is_waiting = any(
            channel in floor.audiences[name].channels for name in similar_audiences if name in expected_audiences
        )
        row = OutboxRow(
            key=f"{promise.key}:{channel}",
            kind=kinds.UPDATE,
            incident_id=promise.incident_id,
            subject=str(promise.row),
            priority=outbox.URGENT,
            retry_at=now,
        )
        standing = "outside" if audience.outside else "inside"
        group = f"update:{promise.incident_id}:{channel}:{'+'.join(audience.languages)}:{standing}"
        send_at = now + WAIT_FOR_OTHERS if is_waiting else now
        batching = Batching(group, send_at, incident_id=promise.incident_id)
        batches.add(session, row, batching, len(promise.text))


def _is_similar(one: Audience, other: Audience) -> bool:
    return (one.languages, one.outside) == (other.languages, other.outside)


def _minute_after(promise: Promise, now: datetime) -> datetime:
    """The end of the minute in which it is due, or in which it is composed if that is later."""
    return max(promise.due_at, now).replace(second=0, microsecond=0) + timedelta(minutes=1)


def channel_of(row: OutboxRow) -> str:
    """The channel's name in `floor.yaml`."""
    return row.key.split(":", 4)[4]


def of_promise(session: Session, promise: Promise) -> Sequence[OutboxRow]:
    """The deliveries of an update, or of the update to which it is added as a line."""
    return outbox.named(session, promise.incident_id, kinds.UPDATE, str(promise.shown_by))


def reached_channels(session: Session, promise: Promise) -> set[str]:
    """The channels in which the update's message can be edited."""
    rows = of_promise(session, promise)
    return {channel_of(row) for row in rows if row.ts is not None and row.refused is None}


def of_incident(session: Session, incident_id: int) -> Sequence[OutboxRow]:
    """Every delivery of an incident's updates."""
    return outbox.named(session, incident_id, kinds.UPDATE)


def amend(session: Session, promise: Promise, now: datetime) -> None:
    """Edit the update wherever it was sent, because the lines below it changed."""
    outbox.edit_named(session, promise.incident_id, kinds.UPDATE, str(promise.shown_by), now)


def drop(session: Session, promise: Promise) -> None:
    """Withdraw the update from the channels it has not reached."""
    outbox.withdraw(session, promise.incident_id, kinds.UPDATE, str(promise.row))


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
    channel = channel_of(row)
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
    untyped_line = line.model_copy(update={"text": ""})
    line.text = compose(session, services, incident, untyped_line, now, are_earlier_gone=True)
    channels = channels_of(services, incident, line.audience)
    add_deliveries(session, services.floor, line, channels, now)


def _conclude_if_settled(settled: Settled, promise: Promise, now: datetime) -> None:
    rows = of_promise(settled.session, promise)
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
        rows = of_promise(session, promise)
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
    drafts.mark_stale(session, promise)


def _log_sent(session: Session, services: Services, promise: Promise, now: datetime) -> None:
    title = audience_title(services, promise.audience)
    number = promise.incident_id
    if promise.missed:
        timeline.append(session, number, "updates_missed", now, missed=promise.missed, audience=title)
    manner = {"clock": " as promised", "change": " because something changed"}.get(promise.occasion, "")
    if promise.missed:
        manner = " late"
    timeline.append(session, number, "update_sent", now, promise.requested_by, audience=title, manner=manner)
