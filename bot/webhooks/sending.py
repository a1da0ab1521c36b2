"""Delivers events to other systems by outbox rows, in order for each incident; reports those given up."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.errors import TryLater
from bot.incidents import incidents
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.webhooks import tables
from bot.webhooks.tables import Delivery
from bot.webhooks.targets import Webhooks

log = logging.getLogger(__name__)
GIVE_UP_AFTER = timedelta(hours=24)
REPORTED_FOR = timedelta(days=7)


def enqueue(session: Session, delivery: Delivery, now: datetime) -> None:
    """Enqueue an event, after earlier ones of the same incident for the same system."""
    outbox.enqueue(
        session,
        kinds.WEBHOOK,
        f"webhook:{delivery.number}:{delivery.replays}",
        now,
        subject=str(delivery.number),
        lane=f"webhook:{delivery.webhook_name}:{delivery.incident_id}",
        payload={"since": now.isoformat()},
        priority=outbox.LAST,
    )


def replay(session: Session, webhook: str, since: datetime, now: datetime) -> int:
    """Resend all events for a system since then, and return how many; the receiver knows events by their ids."""
    deliveries = [one for one in tables.since(session, webhook, since) if one.body]
    for delivery in deliveries:
        delivery.replays, delivery.state, delivery.delivered_at = delivery.replays + 1, "", None
        session.flush()
        enqueue(session, delivery, now)
    return len(deliveries)


def _send(services: Services, row: OutboxRow) -> None:
    """Send an event, unless its incident has become private meanwhile."""
    delivery_id, since = int(row.subject), datetime.fromisoformat(str((row.payload or {})["since"]))
    now = utcnow()
    with services.database.reading() as session:
        delivery = tables.delivery(session, delivery_id)
        if delivery is None or delivery.state == tables.WITHHELD or not delivery.body:
            return
        if incidents.by_number(session, delivery.incident_id).is_private:
            return
    target = services.get(Webhooks).by_name.get(delivery.webhook_name)
    state = ""
    try:
        if target is None:
            state = tables.GIVEN_UP
        else:
            target.send(delivery.body, delivery.event_key, now)
    except TryLater as error:
        if now - since < GIVE_UP_AFTER:
            raise
        log.warning("an event is given up", extra={"webhook": delivery.webhook_name, "reason": error.reason})
        state = tables.GIVEN_UP
    with services.database.transaction() as session:
        tables.settle(session, delivery_id, state, now)


KINDS = (kinds.job(kinds.WEBHOOK, _send),)


def events_given_up(session: Session, services: Services, now: datetime) -> Mapping[str, str]:
    """The key of an alarm and its sentence for each webhook with events that were given up and not sent again."""
    counts = tables.given_up(session, services.get(Webhooks).by_name, now - REPORTED_FOR)
    return {f"webhook:{name}": _sentence(name, count) for name, count in counts.items()}


def _sentence(name: str, count: int) -> str:
    events = "1 event was" if count == 1 else f"{count} events were"
    return (
        f"{events} not accepted by the webhook `{name}` within a day. Once it answers, send everything again: "
        f"`watchfloor webhooks replay {name} --since '{REPORTED_FOR.days} days'`."
    )
