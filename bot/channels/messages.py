"""What is said and marked in an incident's channel, written down as it is heard."""

from collections.abc import Iterable
from typing import Any

from bot.incidents import tables as incidents
from bot.outbox import tables as outbox
from bot.services import Services
from bot.timeline import hearing, reading
from bot.timeline.messages import Heard, Manner

Event = dict[str, Any]


def keep_message(services: Services, event: Event) -> None:
    """A message was said, edited or deleted. Direct messages belong to no incident."""
    if event.get("channel_type") == "im":
        return
    subtype, own = event.get("subtype"), own_ids(services)
    if subtype == "message_changed":
        _hear(services, event["channel"], reading.edited(event, own))
    elif subtype == "message_deleted":
        _hear(services, event["channel"], reading.deleted(event, own))
        _draw_again(services, event)
    elif reading.is_speech(event, own):
        _hear(services, event["channel"], [reading.said(event, event["ts"])])


def keep_reaction(services: Services, event: Event) -> None:
    """A reaction was put on a message or taken off: some of them say that it matters."""
    name = event["reaction"].partition("::")[0]
    if name in services.floor.timeline.kinds and event["item"].get("type") == "message":
        is_on = event["type"] == "reaction_added"
        _hear(services, event["item"]["channel"], [reading.reacted(event, is_on=is_on)])


def keep_pin(services: Services, event: Event) -> None:
    """A message was pinned or its pin taken away. The bot pins its card, which says nothing."""
    heard = reading.pinned(event, is_on=event["type"] == "pin_added")
    if heard and event["user"] not in own_ids(services):
        _hear(services, event["channel_id"], [heard])


def own_ids(services: Services) -> frozenset[str]:
    """What the bot itself is called in Slack's events."""
    return services.slack.own_ids()


def manner(services: Services) -> Manner:
    """How this floor wants messages kept."""
    wanted = services.floor.timeline
    return Manner(wanted.kinds, wanted.keep_deleted_words)


def _hear(services: Services, channel_id: str, heard: Iterable[Heard]) -> None:
    told = list(heard)
    if not told:
        return
    number = incident_of(services, channel_id)
    if number is None:
        return
    with services.store.transaction() as session:
        for one in told:
            hearing.hear(session, number, one, manner(services))


def incident_of(services: Services, channel_id: str) -> int | None:
    """The incident whose channel this is. Only reads: most of what the bot hears belongs to none."""
    with services.store.reading() as session:
        incident = incidents.of_channel(session, channel_id)
    return incident.number if incident else None


def _draw_again(services: Services, event: Event) -> None:
    """A deleted card, playbook message or digest message is drawn again."""
    ts = event.get("deleted_ts") or (event.get("previous_message") or {}).get("ts", "")
    with services.store.reading() as session:
        is_ours = outbox.is_shown_by(session, event["channel"], ts)
    if not is_ours:
        return
    with services.store.transaction() as session:
        outbox.mark_message_stale(session, event["channel"], ts)
