"""What Slack says happened, written down: people coming and going, channels lost and found. Words: `speech.py`."""

from functools import partial
from typing import Any

from bot import directory, outbox
from bot.channels import gaps, recovery
from bot.channels.messages import incident_of
from bot.channels.private_members import refresh_private_members
from bot.directory.lookup import (
    channel_names,
    forget_channel,
    is_known_channel,
    person_changed,
    refresh_channels,
)
from bot.incidents import channel_loss, incidents, participants
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.timeline import timeline

Event = dict[str, Any]

LOSS_BY_EVENT = {
    "channel_archive": channel_loss.ARCHIVED,
    "group_archive": channel_loss.ARCHIVED,
    "channel_deleted": channel_loss.DELETED,
    "group_deleted": channel_loss.DELETED,
}


def record_member_joined(services: Services, event: Event) -> None:
    """Someone is in the incident's channel; when it is the bot itself, it may have been gone."""
    if event["user"] == services.slack.user_id():
        record_channel_found(services, event)
        return
    number = incident_of(services, event["channel"])
    if number is None:
        return
    with services.database.transaction() as session:
        participants.join(session, number, [event["user"]], utcnow())
        key = f"joined:{event['user']}:{event.get('event_ts', '')}"
        timeline.append_once(session, number, key, "joined", utcnow(), event["user"])


def record_member_left(services: Services, event: Event) -> None:
    """Someone left the incident's channel; when it is the bot itself, nothing can be shown any more."""
    if event["user"] == services.slack.user_id():
        record_channel_lost(services, event)
        return
    number = incident_of(services, event["channel"])
    if number is None:
        return
    with services.database.transaction() as session:
        participants.leave(session, number, event["user"])
        key = f"left:{event['user']}:{event.get('event_ts', '')}"
        timeline.append_once(session, number, key, "left", utcnow(), event["user"])


def record_channel_lost(services: Services, event: Event) -> None:
    """The incident's channel was archived or deleted, or the bot was removed: it is said where it can be."""
    number = incident_of(services, event["channel"])
    if number is None:
        return
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, number)
        if incident.is_active:
            channel_loss.mark_channel_lost(
                session, incident, LOSS_BY_EVENT.get(event["type"], channel_loss.REMOVED), utcnow()
            )


def record_channel_found(services: Services, event: Event) -> None:
    """The incident's channel is back: everything is drawn again."""
    number, now = incident_of(services, event["channel"]), utcnow()
    if number is None:
        return
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, number)
        lost_at = channel_loss.lost_since(session, number)
        if lost_at is None or not channel_loss.mark_channel_found(session, incident, now):
            return
        refused_at = gaps.refused_since(session, number)
        gaps.open_gap(session, number, min(lost_at, refused_at or lost_at), now)
    recovery.start_filling(services)
    # Nobody told the bot who came and who left while it was out.
    services.background.submit("members", partial(refresh_private_members, services))


def record_channel_renamed(services: Services, event: Event) -> None:
    """What a name of `floor.yaml` meant may be another channel now."""
    renamed = event["channel"]
    with services.database.reading() as session:
        known_ids = directory.known_channels(session).values()
    if renamed["id"] in known_ids or renamed["name"] in channel_names(services):
        services.background.submit("channels", partial(refresh_channels, services))


def record_named_channel_lost(services: Services, event: Event) -> None:
    """A channel that `floor.yaml` names was archived or deleted, or the bot removed: the name is looked up anew."""
    if is_known_channel(services, event["channel"]):
        forget_channel(services, event["channel"])


def record_channel_id_changed(services: Services, event: Event) -> None:
    """Slack gave a channel another id, as when it is shared with another company."""
    old_id, new_id = event["old_channel_id"], event["new_channel_id"]
    with services.database.transaction() as session:
        directory.replace_channel(session, old_id, new_id)
        incidents.replace_channel(session, old_id, new_id)
        outbox.replace_channel(session, old_id, new_id)


def record_person_changed(services: Services, event: Event) -> None:
    """A person joined the workspace or changed."""
    person_changed(services, event["user"])


def record_group_changed(services: Services, event: Event) -> None:
    """A user group changed."""
    group = event["subteam"]
    if group["handle"] in services.floor.groups:
        with services.database.transaction() as session:
            directory.save_groups(session, [directory.group_from_slack(group["handle"], group)])
