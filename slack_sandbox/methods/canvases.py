"""`canvases.*`: documents, standing alone or as a channel's own."""

from typing import Any

from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_2, TIER_3, Request, method
from slack_sandbox.model import Json

_OPERATIONS = ("insert_at_start", "insert_at_end", "insert_after", "insert_before", "replace", "delete", "rename")


@method("conversations.canvases.create", TIER_2, "canvases:write", required=("channel_id",))
def create_for_channel(request: Request) -> Json:
    channel = request.workspace.channel_for_app(request.args.text("channel_id"))
    if request.workspace.is_free:
        raise Refused("team_tier_cannot_create_channel_canvases")
    if request.bot.id not in channel.members:
        raise Refused("not_in_channel")
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.canvas:
        raise Refused("channel_canvas_already_exists")
    channel.canvas = _new(request)
    return {"canvas_id": channel.canvas}


@method("canvases.create", TIER_2, "canvases:write")
def create(request: Request) -> Json:
    return {"canvas_id": _new(request)}


@method("canvases.edit", TIER_3, "canvases:write", required=("canvas_id", "changes"))
def edit(request: Request) -> Json:
    canvas = request.workspace.canvases.get(request.args.text("canvas_id"))
    if canvas is None:
        raise Refused("canvas_not_found")
    changes: Any = request.args.structure("changes")
    # Slack takes a list and then only one change in it.
    if not isinstance(changes, list) or len(changes) != 1 or changes[0].get("operation") not in _OPERATIONS:
        raise Refused("invalid_arguments")
    _apply(canvas, changes[0])
    return {}


def _apply(canvas: Json, change: Json) -> None:
    text = str((change.get("document_content") or {}).get("markdown", ""))
    if change["operation"] == "rename":
        canvas["title"] = str((change.get("title_content") or {}).get("markdown", ""))
    elif change["operation"] == "insert_at_start":
        canvas["markdown"] = text + canvas["markdown"]
    elif change["operation"] == "replace":
        canvas["markdown"] = text
    elif change["operation"] != "delete":
        canvas["markdown"] += text


def _new(request: Request) -> str:
    content: Any = request.args.structure("document_content") or {"type": "markdown", "markdown": ""}
    if content.get("type") != "markdown":
        raise Refused("canvas_creation_failed")
    canvas_id = request.workspace.new_id("F")
    title = request.args.text("title")
    request.workspace.canvases[canvas_id] = {"title": title, "markdown": str(content.get("markdown", ""))}
    return canvas_id
