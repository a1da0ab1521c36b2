"""What the app answers to a command or a click: in the acknowledgement, or at its `response_url`."""

from slack_sandbox import posting
from slack_sandbox.arguments import Arguments
from slack_sandbox.blockkit import check_attachments, check_blocks
from slack_sandbox.errors import Refused
from slack_sandbox.model import Channel, Json, Message
from slack_sandbox.triggers import ResponseUrl
from slack_sandbox.workspace import Workspace


def apply(workspace: Workspace, grant: ResponseUrl, answer: Json) -> None:
    """Delete or replace the interaction's message, or post a new one."""
    args = Arguments(answer)
    channel = workspace.channels.get(grant.channel)
    if channel is None:
        raise Refused("channel_not_found")
    source = _source(channel, grant)
    if args.flag("delete_original"):
        posting.delete(workspace, channel, _required(source))
    elif args.flag("replace_original"):
        posting.edit(workspace, channel, _required(source), workspace.bot, **content(answer))
    else:
        say(workspace, channel, grant.user, answer)


def say(workspace: Workspace, channel: Channel, user_id: str, answer: Json) -> Message:
    """Show an answer in the channel: only to that person, unless it is `in_channel`."""
    fields = content(answer)
    if not (fields["text"] or fields["blocks"] or fields["attachments"]):
        raise Refused("no_text")
    message = posting.compose(workspace, channel, workspace.bot, **fields)
    message.thread_ts = str(answer.get("thread_ts", ""))
    if answer.get("response_type") == "in_channel":
        return posting.post(workspace, channel, message)
    message.ephemeral_to = user_id
    return posting.post_ephemeral(workspace, channel, message)


def content(answer: Json) -> Json:
    args = Arguments(answer)
    return {
        "text": args.text("text"),
        "blocks": check_blocks(args.structure("blocks", "invalid_blocks_format")),
        "attachments": check_attachments(args.structure("attachments", "invalid_attachments")),
    }


def _source(channel: Channel, grant: ResponseUrl) -> Message | None:
    found = channel.messages.get(grant.message_ts)
    return found or next((m for m in channel.ephemerals if m.ts == grant.message_ts), None)


def _required(source: Message | None) -> Message:
    if source is None:
        raise Refused("message_not_found")
    return source
