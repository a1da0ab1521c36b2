"""Channels: creation, names, archiving, membership."""

import re

from slack_sandbox.errors import Refused
from slack_sandbox.events import channel_type, twin
from slack_sandbox.model import TEAM_ID, Channel, Json, User
from slack_sandbox.posting import compose, post
from slack_sandbox.workspace import Workspace

NAME_LENGTH = 80
# Slack accepts letters of any script, as long as they are not upper case.
_NAME = re.compile(r"[\w-]+")


def check_name(workspace: Workspace, name: str) -> None:
    """Refuse a channel name that Slack refuses, with its error for each reason."""
    if not name:
        raise Refused("invalid_name_required")
    if len(name) > NAME_LENGTH:
        raise Refused("invalid_name_maxlength")
    if not re.search(r"\w", name.replace("_", "")):
        raise Refused("invalid_name_punctuation")
    if name != name.lower() or not _NAME.fullmatch(name):
        raise Refused("invalid_name_specials")
    # Archived and private channels keep their names, even from people without access to them.
    if any(c.name == name for c in workspace.channels.values()):
        raise Refused("name_taken")


def create(workspace: Workspace, name: str, creator: User, is_private: bool = False) -> Channel:
    with workspace.lock:
        check_name(workspace, name)
        created = int(workspace.clock.now())
        channel = Channel(workspace.new_id("C"), name, creator.id, created, is_private=is_private)
        workspace.channels[channel.id] = channel
        workspace.touch("channel", channel=channel.id)
        if not is_private:
            described: Json = {"id": channel.id, "name": name, "created": created, "creator": creator.id}
            workspace.announce({"type": "channel_created", "channel": described, **_now(workspace)})
        join(workspace, channel, creator)
        return channel


def join(workspace: Workspace, channel: Channel, user: User, inviter: User | None = None) -> None:
    with workspace.lock:
        channel.members[user.id] = True
        text = f"<@{user.id}> has joined the channel"
        extra: Json = {"inviter": inviter.id} if inviter else {}
        _note(workspace, channel, user, "join", text, extra)
        event: Json = {
            "type": "member_joined_channel",
            "user": user.id,
            "channel": channel.id,
            "channel_type": _letter(channel),
            "team": TEAM_ID,
            **extra,
            **_now(workspace),
        }
        workspace.announce(event, channel)
        workspace.touch("members", channel=channel.id)


def leave(workspace: Workspace, channel: Channel, user: User, actor: User | None = None) -> None:
    """Remove a person; the bot's own removal is announced as `channel_left`."""
    with workspace.lock:
        _note(workspace, channel, user, "leave", f"<@{user.id}> has left the channel")
        event: Json = {
            "type": "member_left_channel",
            "user": user.id,
            "channel": channel.id,
            "channel_type": _letter(channel),
            "team": TEAM_ID,
            **_now(workspace),
        }
        workspace.announce(event, channel)
        channel.members.pop(user.id, None)
        if user.is_bot:
            left: Json = {"type": twin("channel_left", channel), "channel": channel.id, **_now(workspace)}
            workspace.announce(left | {"actor_id": (actor or user).id})
        workspace.touch("members", channel=channel.id)


def rename(workspace: Workspace, channel: Channel, name: str, by: User) -> None:
    with workspace.lock:
        check_name(workspace, name)
        before, channel.name = channel.name, name
        channel.previous_names.insert(0, before)
        text = f'has renamed the channel from "{before}" to "{name}"'
        _note(workspace, channel, by, "name", text, {"old_name": before, "name": name})
        described: Json = {
            "id": channel.id,
            "name": name,
            "name_normalized": name,
            "created": channel.created,
            "is_channel": not channel.is_private,
            "is_mpim": False,
        }
        event: Json = {"type": twin("channel_rename", channel), "channel": described, **_now(workspace)}
        workspace.announce(event, channel)
        workspace.touch("channel", channel=channel.id)


def archive(workspace: Workspace, channel: Channel, by: User) -> None:
    with workspace.lock:
        if channel.is_archived:
            raise Refused("already_archived")
        if channel.name == "general":
            raise Refused("cant_archive_general")
        _note(workspace, channel, by, "archive", f"<@{by.id}> archived the channel")
        channel.is_archived = True
        _announce_state(workspace, channel, "channel_archive", by)
        # People are back when the channel is; apps are out of it for good.
        channel.members.pop(workspace.bot.id, None)


def unarchive(workspace: Workspace, channel: Channel, by: User) -> None:
    with workspace.lock:
        if not channel.is_archived:
            raise Refused("not_archived")
        channel.is_archived = False
        _note(workspace, channel, by, "unarchive", f"<@{by.id}> un-archived the channel")
        _announce_state(workspace, channel, "channel_unarchive", by)


def remove(workspace: Workspace, channel: Channel, by: User) -> None:
    """Delete a channel with everything in it."""
    with workspace.lock:
        _announce_state(workspace, channel, "channel_deleted", by)
        del workspace.channels[channel.id]
        workspace.touch("channel", channel=channel.id)


def describe(workspace: Workspace, channel: Channel, by: User, what: str, text: str) -> None:
    """Set the `topic` or the `purpose`."""
    with workspace.lock:
        stamp = {"value": text, "creator": by.id, "last_set": int(workspace.clock.now())}
        setattr(channel, what, stamp)
        note = f"<@{by.id}> set the channel {what}: {text}"
        _note(workspace, channel, by, what, note, {what: text})
        workspace.touch("channel", channel=channel.id)


def _announce_state(workspace: Workspace, channel: Channel, event_type: str, by: User) -> None:
    """What happens to a public channel is announced to every app, in it or not."""
    event: Json = {"type": twin(event_type, channel), "channel": channel.id, "user": by.id}
    workspace.announce(event | _now(workspace), channel if channel.is_private else None)
    workspace.touch("channel", channel=channel.id)


def _note(
    workspace: Workspace, channel: Channel, by: User, what: str, text: str, extra: Json | None = None
) -> None:
    """Post the line that Slack writes into the channel, e.g. `channel_topic`."""
    subtype = f"{'group' if channel.is_private else 'channel'}_{what}"
    message = compose(workspace, channel, by, text, subtype=subtype, extra=dict(extra or {}), bot_id="")
    post(workspace, channel, message)


def _now(workspace: Workspace) -> Json:
    return {"event_ts": workspace.clock.ts()}


def _letter(channel: Channel) -> str:
    return "G" if channel_type(channel) == "group" else "C"
