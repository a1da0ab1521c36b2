"""Reactions and pins."""

from slack_sandbox.errors import Refused
from slack_sandbox.model import Channel, Json, Message, User
from slack_sandbox.posting import compose, permalink, post
from slack_sandbox.workspace import Workspace

PINS_PER_CHANNEL = 100
REACTIONS_PER_MESSAGE = 50


def react(workspace: Workspace, channel: Channel, message: Message, user: User, name: str) -> None:
    with workspace.lock:
        users = message.reactions.get(name, [])
        if user.id in users:
            raise Refused("already_reacted")
        if not users and len(message.reactions) >= REACTIONS_PER_MESSAGE:
            raise Refused("too_many_emoji")
        message.reactions[name] = [*users, user.id]
        _announce_reaction(workspace, channel, message, user, ("reaction_added", name))


def unreact(workspace: Workspace, channel: Channel, message: Message, user: User, name: str) -> None:
    with workspace.lock:
        users = message.reactions.get(name, [])
        if user.id not in users:
            raise Refused("no_reaction")
        rest = [u for u in users if u != user.id]
        message.reactions.pop(name)
        if rest:
            message.reactions[name] = rest
        _announce_reaction(workspace, channel, message, user, ("reaction_removed", name))


def pin(workspace: Workspace, channel: Channel, message: Message, user: User) -> None:
    with workspace.lock:
        if message.pinned:
            raise Refused("already_pinned")
        if len(channel.pins) >= PINS_PER_CHANNEL:
            raise Refused("too_many_pins")
        message.pinned = True
        created = int(workspace.clock.now())
        channel.pins.insert(0, {"ts": message.ts, "created": created, "created_by": user.id})
        note = compose(workspace, channel, user, "pinned a message to this channel.", subtype="pinned_item")
        post(workspace, channel, note)
        _announce_pin(workspace, channel, message, user, "pin_added")


def unpin(workspace: Workspace, channel: Channel, message: Message, user: User) -> None:
    with workspace.lock:
        if not message.pinned:
            raise Refused("no_pin")
        message.pinned = False
        channel.pins = [p for p in channel.pins if p["ts"] != message.ts]
        _announce_pin(workspace, channel, message, user, "pin_removed")


def pin_as_slack(channel: Channel, mark: Json) -> Json:
    return {
        "type": "message",
        "channel": channel.id,
        "message": channel.messages[mark["ts"]].as_slack(),
        "created": mark["created"],
        "created_by": mark["created_by"],
    }


def _announce_reaction(
    workspace: Workspace, channel: Channel, message: Message, user: User, what: tuple[str, str]
) -> None:
    event_type, name = what
    event: Json = {
        "type": event_type,
        "user": user.id,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "event_ts": workspace.clock.ts(),
    }
    workspace.announce(event, channel)
    workspace.touch("message_changed", channel=channel.id, ts=message.ts)


def _announce_pin(workspace: Workspace, channel: Channel, message: Message, user: User, event_type: str) -> None:
    item: Json = {"type": "message", "channel": channel.id, "message": message.as_slack()}
    if event_type == "pin_removed":
        item["message"]["permalink"] = permalink(channel, message)
    event: Json = {
        "type": event_type,
        "user": user.id,
        "channel_id": channel.id,
        "item": item | {"created": int(workspace.clock.now()), "created_by": user.id},
        "item_user": message.user,
        "has_pins": bool(channel.pins),
        "event_ts": workspace.clock.ts(),
    }
    workspace.announce(event, channel)
    workspace.touch("message_changed", channel=channel.id, ts=message.ts)
