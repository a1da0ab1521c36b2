"""Records messages, reactions and pins in an incident's channel as they arrive."""

from collections.abc import Iterable

from sqlmodel import Session

from bot import outbox
from bot.channels import early
from bot.incidents import incidents
from bot.incidents.parse import Payload
from bot.outbox import kinds
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.echoes import TOMBSTONE
from bot.timeline import observing, recording
from bot.timeline.observed_message import MessagePolicy, ObservedMessage


def record_message(services: Services, event: Payload) -> None:
    """Record that a message was sent, edited or deleted. Direct messages belong to no incident."""
    if event.get("channel_type") == "im":
        return
    subtype, bot_ids = event.get("subtype"), own_ids(services)
    if subtype == "message_changed":
        _record_observed(services, event["channel"], observing.observe_edit(event, bot_ids))
        if event["message"].get("subtype") == TOMBSTONE:
            _repost_deleted_message(services, event["channel"], event["message"]["ts"])
    elif subtype == "message_deleted":
        _record_observed(services, event["channel"], observing.observe_deletion(event, bot_ids))
        ts = event.get("deleted_ts") or (event.get("previous_message") or {}).get("ts", "")
        _repost_deleted_message(services, event["channel"], ts)
    elif observing.is_message(event, bot_ids):
        _record_observed(services, event["channel"], [observing.observe_message(event, event["ts"])])


def record_reaction(services: Services, event: Payload) -> None:
    """Record that a reaction was added or removed, if it is one that marks a message as important."""
    name = event["reaction"].partition("::")[0]
    if name in services.floor.timeline.kinds and event["item"].get("type") == "message":
        is_on = event["type"] == "reaction_added"
        _record_observed(services, event["item"]["channel"], [observing.observe_reaction(event, is_on=is_on)])


def record_pin(services: Services, event: Payload) -> None:
    """Record that a message was pinned or unpinned. The bot's pin of its own card is ignored."""
    observation = observing.observe_pin(event, is_on=event["type"] == "pin_added")
    if observation and event["user"] not in own_ids(services):
        _record_observed(services, event["channel_id"], [observation])


def own_ids(services: Services) -> frozenset[str]:
    """The ids by which Slack's events refer to the bot itself."""
    return services.slack.own_ids()


def message_policy(services: Services) -> MessagePolicy:
    """The floor's settings for keeping messages."""
    settings = services.floor.timeline
    return MessagePolicy(settings.kinds, settings.keep_deleted_words)


def _record_observed(services: Services, channel_id: str, observed_messages: Iterable[ObservedMessage]) -> None:
    observations = list(observed_messages)
    if not observations:
        return
    number = early.incident_or_note(services, channel_id, utcnow())
    if number is None:
        return

    def record(session: Session) -> None:
        for observation in observations:
            recording.record_message(session, number, observation, message_policy(services))
        if any(observation.marks for observation in observations):
            # A marked message is news, and drafts of updates show it.
            outbox.mark_stale(session, number, (kinds.DRAFT,))

    services.database.change_together(f"{number:09} {observations[0].ts}", record)


def incident_of(services: Services, channel_id: str) -> int | None:
    """Return the channel's incident. Only reads, since most messages the bot hears belong to none."""
    with services.database.reading() as session:
        return incidents.number_of_channel(session, channel_id)


def _repost_deleted_message(services: Services, channel_id: str, ts: str) -> None:
    """Redraw a deleted card, playbook message or digest message."""
    with services.database.reading() as session:
        is_ours = outbox.is_shown_by(session, channel_id, ts)
    if not is_ours:
        return
    with services.database.transaction() as session:
        outbox.mark_message_stale(session, channel_id, ts)
