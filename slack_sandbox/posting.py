"""Posting, editing and deleting messages, by people and by the app."""

from dataclasses import replace
from typing import Any

from slack_sandbox.block_ids import name_blocks
from slack_sandbox.events import channel_type
from slack_sandbox.model import TEAM_DOMAIN, Channel, Json, Message, User
from slack_sandbox.workspace import Workspace


def post(workspace: Workspace, channel: Channel, message: Message) -> Message:
    """Post a message visible to everyone in the channel, and deliver its event."""
    with workspace.lock:
        name_blocks(message.blocks)
        channel.messages[message.ts] = message
        if message.is_reply:
            _count_reply(channel, message)
        workspace.touch("message", channel=channel.id, ts=message.ts)
        _announce_message(workspace, channel, message)
        return message


def post_ephemeral(workspace: Workspace, channel: Channel, message: Message) -> Message:
    """Show a message to one person only; it is in no history and causes no event."""
    with workspace.lock:
        name_blocks(message.blocks)
        channel.ephemerals.append(message)
        workspace.touch("ephemeral", channel=channel.id, ts=message.ts, user=message.ephemeral_to)
        return message


def compose(workspace: Workspace, channel: Channel, author: User, text: str, **fields: Any) -> Message:
    """A message by this author with the current time."""
    message = Message(workspace.clock.ts(), channel.id, author.id, text, bot_id=author.bot_id)
    return replace(message, **fields) if fields else message


def edit(workspace: Workspace, channel: Channel, message: Message, by: User, **changes: object) -> None:
    """Change a message in place and deliver `message_changed` with its previous content."""
    with workspace.lock:
        before = message.as_event()
        for name, value in changes.items():
            setattr(message, name, value)
        name_blocks(message.blocks)
        message.edited = {"user": by.id, "ts": workspace.clock.ts()}
        workspace.touch("message_changed", channel=channel.id, ts=message.ts)
        if not message.ephemeral:
            _announce_change(workspace, channel, message, before)


def delete(workspace: Workspace, channel: Channel, message: Message) -> None:
    """Remove a message. The first message of a thread leaves a tombstone, and the thread goes on below it."""
    with workspace.lock:
        if message.ephemeral:
            channel.ephemerals.remove(message)
            workspace.touch("message_deleted", channel=channel.id, ts=message.ts)
            return
        channel.pins = [pin for pin in channel.pins if pin["ts"] != message.ts]
        if message.reply_count:
            before = message.as_event()
            message.bury()
            workspace.touch("message_changed", channel=channel.id, ts=message.ts)
            _announce_change(workspace, channel, message, before)
        else:
            del channel.messages[message.ts]
            _forget_reply(workspace, channel, message)
            workspace.touch("message_deleted", channel=channel.id, ts=message.ts)
            _announce_deletion(workspace, channel, message)


def permalink(channel: Channel, message: Message) -> str:
    """The message's URL."""
    link = f"https://{TEAM_DOMAIN}.example/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else link


def _count_reply(channel: Channel, reply: Message) -> None:
    parent = channel.messages[reply.thread_ts]
    parent.thread_ts = parent.ts
    parent.reply_count += 1
    parent.latest_reply = reply.ts
    if reply.user not in parent.reply_users:
        parent.reply_users.append(reply.user)


def _forget_reply(workspace: Workspace, channel: Channel, reply: Message) -> None:
    parent = channel.messages.get(reply.thread_ts) if reply.is_reply else None
    if parent is None:
        return
    parent.reply_count -= 1
    if parent.is_tombstone and not parent.reply_count:
        del channel.messages[parent.ts]
        workspace.touch("message_deleted", channel=channel.id, ts=parent.ts)


def _where(channel: Channel) -> Json:
    return {"channel": channel.id, "channel_type": channel_type(channel)}


def _announce_message(workspace: Workspace, channel: Channel, message: Message) -> None:
    body = message.as_event() | _where(channel) | {"event_ts": message.ts}
    workspace.announce(body, channel)
    if f"<@{workspace.bot.id}>" in message.text and not channel.is_im and message.user != workspace.bot.id:
        workspace.announce(body | {"type": "app_mention"}, channel)


def _announce_change(workspace: Workspace, channel: Channel, message: Message, before: Json) -> None:
    workspace.announce(
        {
            "type": "message",
            "subtype": "message_changed",
            "message": message.as_event(),
            "previous_message": before,
            "hidden": True,
            **_event_times(workspace),
            **_where(channel),
        },
        channel,
    )


def _announce_deletion(workspace: Workspace, channel: Channel, message: Message) -> None:
    workspace.announce(
        {
            "type": "message",
            "subtype": "message_deleted",
            "deleted_ts": message.ts,
            "previous_message": message.as_event(),
            "hidden": True,
            **_event_times(workspace),
            **_where(channel),
        },
        channel,
    )


def _event_times(workspace: Workspace) -> Json:
    ts = workspace.clock.ts()
    return {"ts": ts, "event_ts": ts}
