"""A stakeholder update: composed from the incident's state, sent to its audience, the next one promised."""

from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlmodel import Session

from bot.clock import utcnow
from bot.displays import tables as displays
from bot.durable import flow, step
from bot.errors import TryLater
from bot.floor import DIGEST, HERE
from bot.flows import losses, promises
from bot.flows.directory import channel_id
from bot.flows.displays import refresh_soon
from bot.flows.update_words import compose
from bot.incidents import tables as incidents
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.messages import Post
from bot.slack.outcomes import SlackRefused
from bot.timeline import tables as timeline
from bot.updates import rules, tables, views
from bot.updates.tables import Promise


class UpdateRequest(BaseModel):
    """Which promise to keep."""

    promise_id: int


@flow
def send_update(services: Services, request: UpdateRequest) -> None:
    """Keep one promise."""
    channels = prepare(services, request.promise_id)
    for channel in channels:
        deliver(services, request.promise_id, channel)
    if channels:
        settle(services, request.promise_id)


@step
def prepare(services: Services, promise_id: int) -> list[str]:
    """One transaction: the words, what was missed, the next promise. Gives back where the words go."""
    now = utcnow()
    with services.store.transaction() as session:
        promise = tables.get(session, promise_id)
        incident = incidents.locked(session, promise.incident_id)
        # Read again behind the lock: someone may have asked for an update at once, which takes its place.
        session.refresh(promise)
        audience = services.floor.audiences.get(promise.audience)
        if promise.state in (tables.SENT, tables.DROPPED) or audience is None:
            tables.drop_one(session, promise)
            return []
        if incident.channel_id is None:
            raise TryLater("the incident's channel is not there yet")
        if promise.state == tables.WAITING:
            _keep(session, services, incident, promise, now)
        private = incident.is_private
        return [channel for channel in audience.channels if channel == HERE or not private]


def _keep(session: Session, services: Services, incident: Incident, promise: Promise, now: datetime) -> None:
    cadence = timedelta(seconds=promise.cadence_s) if promise.cadence_s else None
    unsent_since = tables.overtake(session, promise, now - rules.LATE_AFTER)
    if cadence and (unsent_since or promise.occasion == promises.CLOCK):
        promise.missed = rules.missed_updates(cadence, unsent_since or promise.due_at, now)
    if cadence and incident.status in OPEN:
        promise.next_due_at = rules.next_update_due(cadence, promise.due_at, now)
    promise.words, promise.composed_at = compose(session, services, incident, promise, now), now
    promise.state = tables.SENDING
    session.add(promise)
    if promise.next_due_at:
        tables.promise(session, incident.number, promise.audience, promise.next_due_at, now, promise.cadence_s)


@step
def deliver(services: Services, promise_id: int, channel: str) -> None:
    """Send the words to one channel; a refusal there is recorded and does not stop the others."""
    with services.store.transaction() as session:
        promise = tables.get(session, promise_id)
        incident = incidents.by_number(session, promise.incident_id)
        delivery = tables.delivery(session, promise_id, channel)
        if delivery.ts or delivery.trouble or promise.state == tables.DROPPED:
            return
        attempted_at = delivery.attempted_at
        delivery.attempted_at = attempted_at or utcnow()
        session.add(delivery)
        digest = displays.find(session, incident.number, displays.DIGEST)
    try:
        post = _post(services, incident, promise, channel, digest.ts if digest else None)
        posted = services.slack.post(post, attempted_at=attempted_at)
    except SlackRefused as refused:
        with services.store.transaction() as session:
            tables.refuse(session, delivery, refused.error)
            what = f"send the {promise.audience} update to {channel}"
            timeline.append(session, incident.number, "trouble", utcnow(), what=what, reason=refused.error)
            if channel == HERE and refused.error in losses.SEEN_AS:
                losses.lose_channel(session, incident, losses.SEEN_AS[refused.error], utcnow())
        return
    with services.store.transaction() as session:
        tables.arrive(session, delivery, posted.channel_id, posted.ts)


def _post(services: Services, incident: Incident, promise: Promise, channel: str, digest_ts: str | None) -> Post:
    key = f"{promise.key}:{channel}"
    blocks = views.blocks(promise.words)
    if channel == HERE:
        return Post(key, incident.channel_id or "", promise.words, blocks)
    if channel == DIGEST:
        where = channel_id(services, services.floor.incidents_channel)
        return Post(key, where, promise.words, blocks, thread_ts=digest_ts)
    return Post(key, channel_id(services, channel), promise.words, blocks)


@step
def settle(services: Services, promise_id: int) -> None:
    """It is sent: write down when, and how it was kept."""
    now = utcnow()
    with services.store.transaction() as session:
        promise = tables.get(session, promise_id)
        if promise.state != tables.SENDING:
            return
        promise.state, promise.sent_at = tables.SENT, now
        session.add(promise)
        _write_down(session, services, promise, now)
        displays.outdate(session, promise.incident_id, (displays.CARD, displays.DIGEST))
    refresh_soon(services, promise.incident_id)


def _write_down(session: Session, services: Services, promise: Promise, now: datetime) -> None:
    title = services.floor.audiences[promise.audience].title
    number = promise.incident_id
    if promise.missed:
        timeline.append(session, number, "updates_missed", now, missed=promise.missed, audience=title)
    manner = {"clock": " as promised", "change": " because something changed"}.get(promise.occasion, "")
    if promise.missed:
        manner = " late"
    timeline.append(session, number, "update_sent", now, promise.requested_by, audience=title, manner=manner)


def start_due(services: Services, now: datetime) -> None:
    """Start a flow for every promise whose minute has come; the key makes it once, whoever ticks."""
    with services.store.reading() as session:
        due = tables.due(session, now)
    for promise in due:
        assert promise.id is not None
        services.flows.start_once(promise.key, send_update, UpdateRequest(promise_id=promise.id))
