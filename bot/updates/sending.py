"""A stakeholder update: composed from the incident's state, sent to its audience, the next one promised."""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot.config.floor import DIGEST, HERE
from bot.directory.lookup import channel_id
from bot.errors import TryLater
from bot.incidents import audiences as known_audiences
from bot.incidents import channel_loss as losses
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.incidents.events import UpdateComposed, UpdateDue
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.runtime.clock import utcnow
from bot.runtime.workflows import waiting_flow
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.errors import RateLimited, SlackRefused
from bot.slack.messages import Post, Posted
from bot.timeline import tables as timeline
from bot.updates import deliveries, draft_messages, order, rules, tables, views
from bot.updates import scheduling as promising
from bot.updates.composition import compose, compose_in
from bot.updates.deliveries import Delivery
from bot.updates.tables import Promise

# An earlier update to the same audience goes first; it is on its way for no longer than this.
BEHIND_ANOTHER_S = 0.5


class UpdateRequest(BaseModel):
    """Which promise to keep."""

    promise_id: int


Outcome = Posted | SlackRefused | TryLater


@dataclass(frozen=True)
class Sending:
    """An update that is composed, and the channels it has yet to reach."""

    incident: Incident
    promise: Promise
    digest_ts: str | None
    # Each with the moment of an earlier attempt that may have arrived.
    legs: list[tuple[Delivery, datetime | None]]
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    # Slack certainly has nothing of these.
    untouched: set[int] = field(default_factory=set)


@waiting_flow
def send_update(services: Services, request: UpdateRequest) -> None:
    """Keep one promise.

    Its parts are no checkpoints of the engine: each looks in the tables what is done already, at half the price.
    """
    # What is promised for this minute goes before what is drawn again because of it.
    with services.soon.somebody_waits():
        sending = prepare(services, request.promise_id)
        if sending is None:
            return
        for leg, attempted_at in sending.legs:
            outcome = _sent(services, sending, leg, attempted_at)
            sending.outcomes[leg.row] = outcome
            if isinstance(outcome, RateLimited) and attempted_at is None:
                sending.untouched.add(leg.row)
        settle(services, sending)


def prepare(services: Services, promise_id: int) -> Sending | None:
    """One transaction: the words, what was missed, the next promise, and where the words go."""
    now = utcnow()
    with services.store.transaction() as session:
        incident = incidents.locked(session, tables.get(session, promise_id).incident_id)
        # Read again behind the lock: someone may have asked for an update at once, which takes its place.
        promise = tables.locked(session, promise_id)
        if not _is_to_be_sent(session, services, promise, now):
            return None
        if incident.channel_id is None:
            raise TryLater("the incident's channel is not there yet")
        if order.is_behind_another(session, promise, now - rules.LATE_AFTER):
            raise TryLater("an earlier update is on its way", BEHIND_ANOTHER_S)
        legs: list[tuple[Delivery, datetime | None]] = []
        if promise.state == tables.WAITING:
            change = Change(session, services, incident, promise.requested_by or "", now)
            legs += [(leg, None) for leg in _keep(change, promise)]
        else:
            begun = [leg for leg in deliveries.of_promise(session, promise.row) if not leg.is_over]
            legs += [(leg, deliveries.try_again(session, leg, now)) for leg in begun]
        digest = outbox.find(session, incident.number, kinds.DIGEST)
        return Sending(incident, promise, digest.ts if digest else None, legs)


def _is_to_be_sent(session: Session, services: Services, promise: Promise, now: datetime) -> bool:
    if promise.audience not in services.floor.audiences:
        tables.drop_one(session, promise)
        return False
    if promise.state == tables.WAITING:
        return promise.due_at <= now and not promise.needs_approval
    return promise.state == tables.SENDING


def _keep(change: Change, promise: Promise) -> list[Delivery]:
    session, services, incident, now = change.session, change.services, change.incident, change.now
    unsent_since = order.overtake(session, promise, now - rules.LATE_AFTER)
    if unsent_since or promise.occasion == promising.CLOCK:
        promise.missed = promising.missed(services, incident, promise, unsent_since or promise.due_at, now)
    following = promising.following(session, services, incident, promise, now)
    promise.next_due_at = following[0] if following else None
    change.publish(_due(change, promise))
    with session.no_autoflush:
        promise.words = compose(session, services, incident, promise, now)
    promise.composed_at = promise.begun_at = now
    promise.state = tables.SENDING
    session.add(promise)
    change.publish(UpdateComposed(promise.row, promise.audience, promise.words, views.blocks(promise.words)))
    if following:
        due_at, cadence = following
        after = Promise(
            incident_id=incident.number,
            audience=promise.audience,
            due_at=due_at,
            promised_at=now,
            paced_by=promise.paced_by,
        )
        promising.make(change, after, cadence)
    draft_messages.outdate(session, promise)
    told = known_audiences.channels(services, incident, promise.audience)
    return deliveries.begin(session, promise.row, told, now)


def _due(change: Change, promise: Promise) -> UpdateDue:
    # Before the promise is composed: what somebody typed for it is read in each language.
    def render(language: str, reader: str) -> tuple[str, list[Block]]:
        text = compose_in(
            change.session, change.services, change.incident, promise, change.now, (language,), reader
        )
        return text, views.blocks(text)

    return UpdateDue(promise.row, promise.audience, render)


def _sent(services: Services, sending: Sending, leg: Delivery, attempted_at: datetime | None) -> Outcome:
    """What came of sending it to one channel; whatever it is, the other channels are tried too."""
    try:
        post = _post(services, sending, leg.channel)
        return services.slack.post(post, attempted_at=attempted_at)
    except (SlackRefused, TryLater) as failure:
        return failure


def _post(services: Services, sending: Sending, channel: str) -> Post:
    promise = sending.promise
    key = f"{promise.key}:{channel}"
    blocks = views.blocks(promise.words)
    if channel == HERE:
        return Post(key, sending.incident.channel_id or "", promise.words, blocks)
    if channel == DIGEST:
        where = channel_id(services, services.floor.incidents_channel)
        return Post(key, where, promise.words, blocks, thread_ts=sending.digest_ts)
    return Post(key, channel_id(services, channel), promise.words, blocks)


def settle(services: Services, sending: Sending) -> None:
    """One transaction: where it arrived, and, when nothing is left to do, how the promise was kept."""
    now = utcnow()
    waits = [outcome for outcome in sending.outcomes.values() if isinstance(outcome, TryLater)]
    with services.store.transaction() as session:
        # Whatever changes an incident's rows takes this lock first: then nobody waits in a circle.
        incidents.locked(session, sending.incident.number)
        promise = tables.locked(session, sending.promise.row)
        legs = deliveries.of_promise(session, promise.row)
        for leg in legs:
            if leg.row in sending.outcomes:
                _note(session, sending, leg, now)
        if not waits and promise.state == tables.SENDING:
            # An audience that is told below its partners' notices alone has no channel of its own.
            arrived = not legs or any(leg.ts for leg in legs)
            _conclude(session, services, promise, arrived, now)
    if waits:
        raise min(waits, key=lambda wait: wait.wait_s or 0.0)
    # Looking costs nothing beside taking the turn to write, which every update would do in vain.


def _note(session: Session, sending: Sending, leg: Delivery, now: datetime) -> None:
    outcome = sending.outcomes[leg.row]
    if isinstance(outcome, Posted):
        deliveries.arrive(session, leg, outcome.channel_id, outcome.ts)
    elif isinstance(outcome, TryLater):
        deliveries.hinder(session, leg, outcome.reason, is_certain=leg.row in sending.untouched)
    else:
        deliveries.refuse(session, leg, outcome.error)
        incident = incidents.locked(session, sending.incident.number)
        what = f"send the {sending.promise.audience} update to {leg.channel}"
        timeline.append(session, incident.number, "trouble", now, what=what, reason=outcome.error)
        if leg.channel == HERE and outcome.error in losses.SEEN_AS:
            losses.lose_channel(session, incident, losses.SEEN_AS[outcome.error], now)


def _conclude(session: Session, services: Services, promise: Promise, arrived: bool, now: datetime) -> None:
    if arrived:
        promise.state, promise.sent_at = tables.SENT, now
        _write_down(session, services, promise, now)
    else:
        promise.state, promise.escalate_at = tables.REFUSED, promise.escalate_at and now
    if arrived and now - promise.due_at <= rules.LATE_AFTER:
        promise.escalate_at = None
    session.add(promise)
    outbox.mark_stale(session, promise.incident_id, (kinds.CARD, kinds.DIGEST))
    draft_messages.outdate(session, promise)


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
        # With its minute: a promise that is moved in the last moment has another flow then.
        key = f"{promise.key}:{promise.due_at.isoformat()}"
        services.flows.start_once(key, send_update, UpdateRequest(promise_id=promise.row))
