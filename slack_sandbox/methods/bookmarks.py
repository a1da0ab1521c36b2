"""`bookmarks.*`: the links above a channel."""

import re
from typing import Any

from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_2, TIER_3, Request, method
from slack_sandbox.model import APP_ID, Channel, Json

BOOKMARKS_PER_CHANNEL = 100
_LINK = re.compile(r"https?://[^\s/]")
_EMOJI = re.compile(r":[a-z0-9_+'-]+(::skin-tone-[2-6])?:")


@method("bookmarks.add", TIER_2, "bookmarks:write", required=("channel_id", "title", "type"))
def add(request: Request) -> Json:
    channel = _channel(request)
    if request.args.text("type") != "link":
        raise Refused("invalid_bookmark_type")
    _check_link(request.args.text("link"))
    _check_emoji(request.args.text("emoji"))
    if len(channel.bookmarks) >= BOOKMARKS_PER_CHANNEL:
        raise Refused("too_many_bookmarks")
    bookmark = _new(request, channel)
    channel.bookmarks.append(bookmark)
    request.workspace.touch("bookmarks", channel=channel.id)
    return {"bookmark": dict(bookmark)}


@method("bookmarks.edit", TIER_2, "bookmarks:write", required=("channel_id", "bookmark_id"))
def edit(request: Request) -> Json:
    channel = _channel(request)
    bookmark = _bookmark(request, channel)
    if request.args.has("link"):
        _check_link(request.args.text("link"))
    _check_emoji(request.args.text("emoji"))
    given = {n: request.args.text(n) for n in ("title", "link", "emoji") if request.args.has(n)}
    bookmark.update(given, date_updated=int(request.workspace.clock.now()))
    request.workspace.touch("bookmarks", channel=channel.id)
    return {"bookmark": dict(bookmark)}


@method("bookmarks.list", TIER_3, "bookmarks:read", required=("channel_id",))
def list_bookmarks(request: Request) -> Json:
    return {"bookmarks": [dict(b) for b in _channel(request).bookmarks]}


@method("bookmarks.remove", TIER_2, "bookmarks:write", required=("channel_id", "bookmark_id"))
def remove(request: Request) -> Json:
    channel = _channel(request)
    channel.bookmarks.remove(_bookmark(request, channel))
    request.workspace.touch("bookmarks", channel=channel.id)
    return {}


def _channel(request: Request) -> Channel:
    channel = request.workspace.channel_for_app(request.args.text("channel_id"))
    if request.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _bookmark(request: Request, channel: Channel) -> Json:
    wanted = request.args.text("bookmark_id")
    for bookmark in channel.bookmarks:
        if bookmark["id"] == wanted:
            return bookmark
    raise Refused("not_found")


def _check_link(link: str) -> None:
    if not _LINK.match(link):
        raise Refused("invalid_link")


def _check_emoji(emoji: str) -> None:
    if emoji and not _EMOJI.fullmatch(emoji):
        raise Refused("invalid_emoji")


def _new(request: Request, channel: Channel) -> dict[str, Any]:
    now = int(request.workspace.clock.now())
    return {
        "id": request.workspace.new_id("Bk"),
        "channel_id": channel.id,
        "title": request.args.text("title"),
        "link": request.args.text("link"),
        "emoji": request.args.text("emoji"),
        "icon_url": "",
        "type": "link",
        "entity_id": None,
        "date_created": now,
        "date_updated": 0,
        "rank": str(len(channel.bookmarks)),
        "last_updated_by_user_id": request.bot.id,
        "app_id": APP_ID,
    }
