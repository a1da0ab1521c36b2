"""Canvases: standalone documents, or a channel's own. In the API each is also a file."""

from slack_sandbox.model import TEAM_DOMAIN, Channel, Json, User
from slack_sandbox.workspace import Workspace


def create(workspace: Workspace, user: User, markdown: str, title: str = "", channel: Channel | None = None) -> str:
    """Create a canvas. Returns its id."""
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


def remove(workspace: Workspace, canvas_id: str) -> None:
    """Delete a canvas; a channel that had it may get another."""
    with workspace.lock:
        channel = channel_of(workspace, canvas_id)
        if channel is not None:
            channel.canvas = ""
        del workspace.canvases[canvas_id]


def channel_of(workspace: Workspace, canvas_id: str) -> Channel | None:
    """The channel to which a canvas belongs; None for a standalone one."""
    channels = workspace.channels.values()
    return next((channel for channel in channels if channel.canvas == canvas_id), None)


def as_property(workspace: Workspace, channel: Channel) -> Json:
    """The canvas as a property in `conversations.info`."""
    canvas = workspace.canvases[channel.canvas]
    return {"canvas": {"file_id": channel.canvas, "is_empty": not canvas["markdown"]}}


def as_file(workspace: Workspace, canvas_id: str) -> Json:
    """The canvas in `files.info`."""
    canvas = workspace.canvases[canvas_id]
    # A workspace saved by an earlier version does not know who made its canvases: only the app could.
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
