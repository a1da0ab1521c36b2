"""`conversations.*` about channels themselves: create, describe, name, archive."""

from slack_sandbox import canvases, channels
from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_2, TIER_3, Request, method
from slack_sandbox.model import Json

TOPIC_LENGTH = 250


@method("conversations.create", TIER_2, required=("name",))
def create(request: Request) -> Json:
    is_private = request.args.flag("is_private")
    request.need("groups:write" if is_private else "channels:manage")
    name = request.args.text("name")
    channel = channels.create(request.workspace, name, request.bot, is_private)
    return {"channel": channel.as_slack(request.bot.id)}


@method("conversations.info", TIER_3, required=("channel",))
def info(request: Request) -> Json:
    channel = request.channel("read")
    described = channel.as_slack(request.bot.id)
    if request.args.flag("include_num_members"):
        described["num_members"] = len(channel.members)
    if channel.canvas:
        described["properties"] = canvases.as_property(request.workspace, channel)
    return {"channel": described}


@method("conversations.setTopic", TIER_2, required=("channel",), given=("topic",))
def set_topic(request: Request) -> Json:
    _describe(request, "topic", "channels:write.topic")
    return {"channel": request.channel("manage", "channels:write.topic").as_slack(request.bot.id)}


@method("conversations.setPurpose", TIER_2, required=("channel",), given=("purpose",))
def set_purpose(request: Request) -> Json:
    _describe(request, "purpose", "channels:write.topic")
    return {"purpose": request.args.text("purpose")}


def _describe(request: Request, what: str, alternative: str) -> None:
    channel = request.joined_channel("manage", alternative)
    text = request.args.text(what)
    if len(text) > TOPIC_LENGTH:
        raise Refused("too_long")
    channels.describe(request.workspace, channel, request.bot, what, text)


@method("conversations.rename", TIER_2, required=("channel", "name"))
def rename(request: Request) -> Json:
    channel = request.joined_channel("manage")
    if channel.creator != request.bot.id:
        raise Refused("not_authorized")
    channels.rename(request.workspace, channel, request.args.text("name"), request.bot)
    return {"channel": channel.as_slack(request.bot.id)}


@method("conversations.archive", TIER_2, required=("channel",))
def archive(request: Request) -> Json:
    channel = request.channel("manage")
    if request.bot.id not in channel.members and not channel.is_archived:
        raise Refused("not_in_channel")
    channels.archive(request.workspace, channel, request.bot)
    return {}


@method("conversations.unarchive", TIER_2, required=("channel",))
def unarchive(request: Request) -> Json:
    """Always refused: an app with a bot token is in no archived channel."""
    raise Refused("not_in_channel" if request.channel("manage").is_archived else "not_archived")
