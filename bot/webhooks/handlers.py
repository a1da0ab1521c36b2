"""An incident's event becomes a row for each system that should hear of it, in the same transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from msgspec.structs import asdict

from bot.incidents import events, incidents
from bot.incidents.change import Change
from bot.incidents.event_handlers import Handler
from bot.incidents.events import Event
from bot.incidents.public_view import public_view
from bot.runtime.database import insert
from bot.webhooks import sending, tables
from bot.webhooks.tables import Delivery
from bot.webhooks.targets import Webhooks

NAMES: Mapping[type[Event], str] = {
    events.Declared: "declared",
    events.SeverityChanged: "severity",
    events.StatusChanged: "status",
    events.Resolved: "resolved",
    events.Reopened: "reopened",
    events.Closed: "closed",
    events.Declined: "declined",
    events.Merged: "merged",
    events.Renamed: "renamed",
    events.ScopeChanged: "scope",
}
# The details of an event that are sent in addition to the incident itself.
DETAIL_FIELDS = ("old", "new", "into")


def notify(change: Change, event: Event) -> None:
    """Enqueue an event for every system that wants it; events of private incidents and drills are not sent."""
    incident, name = change.incident, NAMES[type(event)]
    if incident.is_private or incident.is_drill:
        return
    interested_targets = [target for target in change.services.get(Webhooks).by_name.values() if target.wants(name)]
    if not interested_targets:
        return
    change.session.flush()
    key = uuid4().hex
    body = {
        "id": key,
        "event": name,
        "at": change.now.isoformat(),
        "incident": public_view(incident),
        "details": _details(change, event),
    }
    for target in interested_targets:
        delivery = Delivery(
            webhook_name=target.name, incident_id=change.number, event_key=key, kind=name, body=body, at=change.now
        )
        sending.enqueue(change.session, insert(change.session, delivery), change.now)


def _details(change: Change, event: Event) -> dict[str, Any]:
    facts = asdict(event)
    if isinstance(event, events.Merged) and incidents.by_number(change.session, event.into).is_private:
        return {}
    return {name: facts[name] for name in DETAIL_FIELDS if isinstance(facts.get(name), str | int)}


def withhold(change: Change, event: events.MadePrivate) -> None:
    """Withhold events that were not sent yet, so that they cannot be resent either."""
    tables.withhold(change.session, change.number)


HANDLERS: Mapping[type[Event], Handler] = dict.fromkeys(NAMES, notify)
