"""`chat.*`: posting, updating and deleting messages."""

from slack_sandbox import posting
from slack_sandbox.blockkit import check_attachments, check_blocks
from slack_sandbox.errors import Refused, invalid_arguments
from slack_sandbox.methods.registry import SPECIAL, TIER_3, TIER_4, Request, method
from slack_sandbox.model import Channel, Json, Message
from slack_sandbox.seed import BOT_USER_ID

TEXT_KEPT = 40_000
UPDATE_TEXT = 4_000
MARKDOWN_TEXT = 12_000
METADATA_SIZE = 16_000


@method("chat.postMessage", SPECIAL, "chat:write", required=("channel",))
def post_message(request: Request) -> Json:
    channel = destination(request)
    message = composed(request, channel)
    posting.post(request.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_slack()}


@method("chat.postEphemeral", TIER_4, "chat:write", required=("channel", "user"))
def post_ephemeral(request: Request) -> Json:
    channel = request.workspace.channel_for_app(request.args.text("channel"))
    _check_writable(request, channel)
    user_id = request.args.text("user")
    if user_id not in channel.members:
        raise Refused("user_not_in_channel")
    message = composed(request, channel)
    message.ephemeral_to = user_id
    # Slack says that it was shown, and shows it only to people who are active.
    if not request.workspace.users[user_id].away:
        posting.post_ephemeral(request.workspace, channel, message)
    return {"message_ts": message.ts}


@method("chat.update", TIER_3, "chat:write", required=("channel", "ts"))
def update(request: Request) -> Json:
    channel, message = _own_message(request, "cant_update_message")
    text = request.args.text("text")
    if len(text) > UPDATE_TEXT:
        raise Refused("msg_too_long")
    changes = _changes(request)
    if not changes:
        raise Refused("no_text")
    posting.edit(request.workspace, channel, message, request.bot, **changes)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.as_slack()}


@method("chat.delete", TIER_3, "chat:write", required=("channel", "ts"))
def delete(request: Request) -> Json:
    channel, message = _own_message(request, "cant_delete_message")
    posting.delete(request.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", SPECIAL, required=("channel", "message_ts"))
def get_permalink(request: Request) -> Json:
    channel = request.workspace.channel_for_app(request.args.text("channel"))
    message = request.workspace.message(channel, request.args.text("message_ts"))
    return {"channel": channel.id, "permalink": posting.permalink(channel, message)}


def destination(request: Request) -> Channel:
    """The channel for a channel id, a `#name`, or a person's id, which opens the direct message."""
    name = request.args.text("channel")
    user = request.workspace.users.get(name)
    if user is not None:
        if user.is_bot:
            raise Refused("cannot_dm_bot")
        if user.deleted:
            raise Refused("channel_not_found")
        return request.workspace.direct_message(user)
    found = request.workspace.find_channel(name)
    channel = request.workspace.channel_for_app(found.id if found else name)
    _check_writable(request, channel)
    return channel


def _check_writable(request: Request, channel: Channel) -> None:
    if channel.is_archived:
        raise Refused("is_archived")
    if BOT_USER_ID not in channel.members and not request.workspace.app.has_scope("chat:write.public"):
        raise Refused("not_in_channel")


def composed(request: Request, channel: Channel) -> Message:
    fields = _content(request)
    if not (fields["text"].strip() or fields["blocks"] or fields["attachments"]):
        raise Refused("no_text")
    thread_ts = request.args.text("thread_ts")
    if thread_ts:
        parent = channel.messages.get(thread_ts)
        if parent is None:
            raise Refused("thread_not_found")
        fields["thread_ts"] = parent.thread_ts or parent.ts
        fields["broadcast"] = request.args.flag("reply_broadcast")
    return posting.compose(request.workspace, channel, request.bot, **fields)


def _content(request: Request) -> Json:
    args = request.args
    return {
        "text": _text(request)[:TEXT_KEPT],
        "blocks": check_blocks(args.structure("blocks", "invalid_blocks_format")),
        "attachments": check_attachments(args.structure("attachments", "invalid_attachments")),
        "metadata": read_metadata(request),
        "username": _username(request),
    }


def _username(request: Request) -> str:
    if any(request.args.has(name) for name in ("username", "icon_emoji", "icon_url")):
        request.need("chat:write.customize")
    return request.args.text("username")


def _text(request: Request) -> str:
    markdown = request.args.text("markdown_text")
    if not markdown:
        return request.args.text("text")
    if request.args.has("text") or request.args.has("blocks"):
        raise Refused("markdown_text_conflict")
    if len(markdown) > MARKDOWN_TEXT:
        raise Refused("msg_too_long")
    return markdown


def _changes(request: Request) -> Json:
    """The fields that an update changes; blocks stay if it has neither text nor blocks."""
    given = {
        name
        for name in ("text", "markdown_text", "blocks", "attachments", "metadata")
        if name in request.args.values
    }
    content = _content(request)
    if not {"text", "markdown_text", "blocks", "attachments"} & given:
        return {}
    changes: Json = {name: content[name] for name in given - {"markdown_text"}}
    if {"text", "markdown_text"} & given:
        # Text without blocks replaces them.
        changes |= {"text": content["text"], "blocks": content["blocks"]}
    return changes


def read_metadata(request: Request) -> Json | None:
    metadata = request.args.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if isinstance(metadata, dict) and isinstance(metadata.get("entities"), list):
        return metadata
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        raise invalid_arguments("metadata.event_type must be a string [json-pointer:/metadata/event_type]")
    if len(str(metadata)) > METADATA_SIZE:
        raise Refused("metadata_too_large")
    return metadata


def _own_message(request: Request, error: str) -> tuple[Channel, Message]:
    channel = request.workspace.channel_for_app(request.args.text("channel"))
    message = request.workspace.message(channel, request.args.text("ts"))
    if message.is_tombstone:
        raise Refused("message_not_found")
    if message.user != request.bot.id or message.subtype:
        raise Refused(error)
    if channel.is_archived:
        raise Refused("is_inactive" if error == "cant_update_message" else error)
    return channel, message
