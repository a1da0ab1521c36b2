"""`canvases.*`: documents, standing alone or as a channel's own."""

from typing import Any

from slack_sandbox import canvases
from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import TIER_2, TIER_3, Request, method
from slack_sandbox.model import Channel, Json

_INSERTIONS = ("insert_at_start", "insert_at_end", "insert_after", "insert_before")
_WITH_CONTENT = (*_INSERTIONS, "replace")
_WITH_SECTION = ("insert_after", "insert_before", "delete")
_OPERATIONS = (*_WITH_CONTENT, "delete", "rename")


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
    return {"canvas_id": _new(request, channel)}


@method("canvases.create", TIER_2, "canvases:write")
def create(request: Request) -> Json:
    return {"canvas_id": _new(request)}


@method("canvases.edit", TIER_3, "canvases:write", required=("canvas_id", "changes"))
def edit(request: Request) -> Json:
    canvas_id = request.args.text("canvas_id")
    canvas = request.workspace.canvases.get(canvas_id)
    if canvas is None:
        raise Refused("canvas_not_found")
    changes: Any = request.args.structure("changes")
    # Slack requires a list, but accepts only one change in it.
    if not isinstance(changes, list) or len(changes) != 1 or not _is_complete(changes[0]):
        raise Refused("invalid_arguments")
    _check_may_edit(request, canvas_id, canvas)
    _apply(canvas, changes[0])
    return {}


@method("canvases.delete", TIER_3, "canvases:write", required=("canvas_id",))
def delete(request: Request) -> Json:
    canvas_id = request.args.text("canvas_id")
    canvas = request.workspace.canvases.get(canvas_id)
    if canvas is None:
        raise Refused("canvas_not_found")
    _check_may_edit(request, canvas_id, canvas)
    canvases.remove(request.workspace, canvas_id)
    return {}


def _check_may_edit(request: Request, canvas_id: str, canvas: Json) -> None:
    """Check the right to edit: members edit a channel's canvas, its author a standalone one."""
    channel = canvases.channel_of(request.workspace, canvas_id)
    if channel is None:
        if request.workspace.is_free:
            raise Refused("free_teams_cannot_edit_standalone_canvases")
        if canvas.get("user", request.bot.id) != request.bot.id:
            raise Refused("canvas_not_found")
        return
    if request.bot.id not in channel.members:
        raise Refused("canvas_not_found" if channel.is_private else "restricted_action")
    if channel.is_archived:
        raise Refused("restricted_action")


def _is_complete(change: Json) -> bool:
    operation = change.get("operation")
    content = change.get("document_content") or {}
    if operation in _WITH_CONTENT and (content.get("type") != "markdown" or "markdown" not in content):
        return False
    if operation in _WITH_SECTION and not change.get("section_id"):
        return False
    return operation in _OPERATIONS and (operation != "rename" or bool(change.get("title_content")))


def _apply(canvas: Json, change: Json) -> None:
    """Apply a change. Sections are not distinguished here: text for a place beside one goes to the end."""
    text = str((change.get("document_content") or {}).get("markdown", ""))
    if change["operation"] == "rename":
        canvas["title"] = str(change["title_content"].get("markdown", ""))
    elif change["operation"] == "insert_at_start":
        canvas["markdown"] = text + canvas["markdown"]
    elif change["operation"] == "replace" and not change.get("section_id"):
        canvas["markdown"] = text
    elif change["operation"] != "delete":
        canvas["markdown"] += text


def _new(request: Request, channel: Channel | None = None) -> str:
    content: Any = request.args.structure("document_content") or {"type": "markdown", "markdown": ""}
    if content.get("type") != "markdown":
        raise Refused("canvas_creation_failed")
    title = request.args.text("title")
    return canvases.create(request.workspace, request.bot, str(content.get("markdown", "")), title, channel)
