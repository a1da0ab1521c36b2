"""Records what Slack reports: people joining and leaving, channels lost and found. Messages: `messages.py`."""

import logging
from functools import partial
from typing import Literal

from bot import directory, outbox
from bot.channels import gaps, recovery
from bot.channels.messages import incident_of
from bot.channels.recovery import private_change, refresh_private_members
from bot.directory.lookup import channel_names, forget_channel, is_known_channel, person_changed, refresh_channels
from bot.incidents import channel_loss, incidents, participants
from bot.incidents.events import MembersChanged
from bot.incidents.parse import Payload
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.timeline import timeline

log = logging.getLogger(__name__)


LOSS_BY_EVENT = {
    "channel_archive": channel_loss.ARCHIVED,
    "group_archive": channel_loss.ARCHIVED,
    "channel_deleted": channel_loss.DELETED,
    "group_deleted": channel_loss.DELETED,
}


def record_member_joined(services: Services, event: Payload) -> None:
    """Record that a person joined the incident's channel; if it is the bot itself, the channel may be back."""
    if event["user"] == services.slack.user_id():
        record_channel_found(services, event)
    else:
        _record_member(services, event, "joined")


def record_member_left(services: Services, event: Payload) -> None:
    """Record that a person left the incident's channel; if it is the bot itself, nothing can be shown any more."""
    if event["user"] == services.slack.user_id():
        record_channel_lost(services, event)
    else:
        _record_member(services, event, "left")


def _record_member(services: Services, event: Payload, kind: Literal["joined", "left"]) -> None:
    number, user_id = incident_of(services, event["channel"]), event["user"]
    if number is None:
        return
    with services.database.transaction() as session:
        change = private_change(session, services, number)
        if kind == "joined":
            participants.join(session, number, [user_id], utcnow())
        else:
            participants.leave(session, number, user_id)
        key = f"{kind}:{user_id}:{event.get('event_ts', '')}"
        timeline.append_once(session, number, key, kind, utcnow(), user_id)
        if change:
            change.publish(MembersChanged(left=(event["user"],)))


def record_channel_lost(services: Services, event: Payload) -> None:
    """Record that the incident's channel was archived or deleted, or the bot removed, and say so where possible."""
    number = incident_of(services, event["channel"])
    if number is None:
        return
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, number)
        if incident.is_active:
            channel_loss.mark_channel_lost(
                session, services.floor, incident, LOSS_BY_EVENT.get(event["type"], channel_loss.REMOVED), utcnow()
            )


def record_channel_found(services: Services, event: Payload) -> None:
    """Record that the incident's channel is back, and draw everything again."""
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
    # Slack sends no events about joining and leaving while the bot is out of the channel.
    services.background.submit("members", partial(refresh_private_members, services))


def rejoin_channel(services: Services, event: Payload) -> None:
    """Join an incident's public channel that is open again: archiving it took the bot out."""
    number = incident_of(services, event["channel"])
    if number is None:
        return
    with services.database.reading() as session:
        is_lost = channel_loss.is_lost(session, number)
    if is_lost:
        services.background.submit(f"join:{event['channel']}", partial(_join_again, services, event))


def _join_again(services: Services, event: Payload) -> None:
    try:
        services.slack.join_channel(event["channel"])
    except SlackRefused as refused:
        # The incident's lead has been asked to invite the bot.
        log.warning("an unarchived channel could not be joined", extra={"reason": str(refused)})
        return
    record_channel_found(services, event)


def record_channel_renamed(services: Services, event: Payload) -> None:
    """Refresh the channels if the rename may change which channel a name in `floor.yaml` means."""
    renamed_channel = event["channel"]
    with services.database.reading() as session:
        known_ids = directory.known_channels(session).values()
    if renamed_channel["id"] in known_ids or renamed_channel["name"] in channel_names(services):
        services.background.submit("channels", partial(refresh_channels, services))


def record_named_channel_lost(services: Services, event: Payload) -> None:
    """Forget a channel named in `floor.yaml` that was archived, deleted or left, so its name is looked up again."""
    if is_known_channel(services, event["channel"]):
        forget_channel(services, event["channel"])


def record_channel_id_changed(services: Services, event: Payload) -> None:
    """Replace a channel's id, which Slack changes when, for example, it is shared with another company."""
    old_id, new_id = event["old_channel_id"], event["new_channel_id"]
    with services.database.transaction() as session:
        directory.replace_channel(session, old_id, new_id)
        incidents.replace_channel(session, old_id, new_id)
        outbox.replace_channel(session, old_id, new_id)


def record_person_changed(services: Services, event: Payload) -> None:
    """Record that a person joined the workspace or changed."""
    person_changed(services, event["user"])


def record_group_changed(services: Services, event: Payload) -> None:
    group = event["subteam"]
    if group["handle"] in services.floor.groups:
        with services.database.transaction() as session:
            directory.save_groups(session, [directory.group_from_slack(group["handle"], group)])
