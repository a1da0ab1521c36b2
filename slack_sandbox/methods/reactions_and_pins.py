"""`reactions.*` and `pins.*`."""

import re

from slack_sandbox import reactions_and_pins
from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_2, TIER_3, Request, method
from slack_sandbox.model import Channel, Json, Message

_EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")
_TIMESTAMP = re.compile(r"[0-9]+\.[0-9]{6}")


@method("reactions.add", TIER_3, "reactions:write", required=("channel", "name"))
def add_reaction(request: Request) -> Json:
    channel, message = _marked(request)
    reactions_and_pins.react(request.workspace, channel, message, request.bot, _emoji(request))
    return {}


@method("reactions.remove", TIER_2, "reactions:write", required=("channel", "name"))
def remove_reaction(request: Request) -> Json:
    channel, message = _marked(request)
    reactions_and_pins.unreact(request.workspace, channel, message, request.bot, _emoji(request))
    return {}


@method("reactions.get", TIER_3, "reactions:read", required=("channel",))
def get_reactions(request: Request) -> Json:
    channel, message = _marked(request)
    described = message.as_slack() | {"reactions": message.reactions_as_slack()}
    return {"type": "message", "channel": channel.id, "message": described}


@method("pins.add", TIER_2, "pins:write", required=("channel",))
def add_pin(request: Request) -> Json:
    channel, message = _marked(request)
    reactions_and_pins.pin(request.workspace, channel, message, request.bot)
    return {}


@method("pins.remove", TIER_2, "pins:write", required=("channel",))
def remove_pin(request: Request) -> Json:
    channel, message = _marked(request)
    reactions_and_pins.unpin(request.workspace, channel, message, request.bot)
    return {}


@method("pins.list", TIER_2, "pins:read", required=("channel",))
def list_pins(request: Request) -> Json:
    channel = request.workspace.channel_for_app(request.args.text("channel"))
    return {"items": [reactions_and_pins.pin_as_slack(channel, pin) for pin in channel.pins]}


def _marked(request: Request) -> tuple[Channel, Message]:
    channel = request.workspace.channel_for_app(request.args.text("channel"))
    if request.bot.id not in channel.members:
        raise Refused("not_in_channel")
    if channel.is_archived:
        raise Refused("is_archived")
    ts = request.args.text("timestamp")
    if not ts:
        raise Refused("no_item_specified")
    if not _TIMESTAMP.fullmatch(ts):
        raise Refused("bad_timestamp")
    return channel, request.workspace.message(channel, ts)


def _emoji(request: Request) -> str:
    name = request.args.text("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise Refused("invalid_name")
    return name
