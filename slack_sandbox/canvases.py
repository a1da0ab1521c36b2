"""Canvases: documents standing alone, or as a channel's own. To the API each is a file as well."""

from slack_sandbox.model import TEAM_DOMAIN, Channel, Json, User
from slack_sandbox.workspace import Workspace


def create(workspace: Workspace, user: User, markdown: str, title: str = "", channel: Channel | None = None) -> str:
    """A new canvas; gives back its id."""
    with workspace.lock:
        canvas_id = workspace.new_id("F")
        workspace.canvases[canvas_id] = {
            "title": title,
            "markdown": markdown,
            "user": user.id,
            "created": int(workspace.clock.now()),
        }
        if channel is not None:
            channel.canvas = canvas_id
        return canvas_id


def channel_of(workspace: Workspace, canvas_id: str) -> Channel | None:
    """The channel whose own it is; None for one that stands alone."""
    channels = workspace.channels.values()
    return next((channel for channel in channels if channel.canvas == canvas_id), None)


def as_property(workspace: Workspace, channel: Channel) -> Json:
    """What `conversations.info` says of it."""
    canvas = workspace.canvases[channel.canvas]
    return {"canvas": {"file_id": channel.canvas, "is_empty": not canvas["markdown"]}}


def as_file(workspace: Workspace, canvas_id: str) -> Json:
    """What `files.info` says of it."""
    canvas = workspace.canvases[canvas_id]
    # A workspace that was kept by an earlier version does not know who made its canvases: only the app could.
    user, created = canvas.get("user", workspace.bot.id), canvas.get("created", 0)
    title = canvas["title"] or "Untitled"
    return {
        "id": canvas_id,
        "created": created,
        "timestamp": created,
        "name": title,
        "title": title,
        "mimetype": "application/vnd.slack-docs",
        "filetype": "quip",
        "pretty_type": "Canvas",
        "user": user,
        "size": len(canvas["markdown"].encode()),
        "mode": "quip",
        "editable": True,
        "is_external": False,
        "permalink": f"https://{TEAM_DOMAIN}.example/docs/{canvas_id}",
    }
