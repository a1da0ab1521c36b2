"""A message's files: their cards, previews and contents."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from slack_sandbox.file_sharing import mimetype
from slack_sandbox.model import File, User
from slack_sandbox.page import markdown
from slack_sandbox.workspace import Workspace

_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_READABLE = ("txt", "csv", "json", "log", "yaml", "yml")
_PREVIEW_BYTES = 400_000


@dataclass(frozen=True)
class ShownFile:
    id: str
    name: str
    title: str
    description: str
    address: str
    is_image: bool


def shown(file: dict[str, Any], viewer_name: str) -> ShownFile:
    name = str(file["name"])
    return ShownFile(
        id=file["id"],
        name=name,
        title=file.get("title") or name,
        description=f"{_kind(name)} · {_size(int(file.get('size', 0)))}",
        address=f"/file/{file['id']}?as={viewer_name}",
        is_image=mimetype(name) in _IMAGES,
    )


def visible_file(workspace: Workspace, file_id: str, user: User) -> File:
    """The file, if it is shared in a conversation that this person can see."""
    file = workspace.files[file_id]
    places = (workspace.channels.get(channel_id) for channel_id in file.shares)
    if file.user == user.id or any(c and workspace.is_visible_to(user, c) for c in places):
        return file
    raise LookupError(file_id)


def preview(file: File) -> Markup | None:
    """The content as a document, or None if there is no preview."""
    ending = file.name.rpartition(".")[2].lower()
    if ending not in ("md", "markdown", *_READABLE):
        return None
    text = file.content[:_PREVIEW_BYTES].decode("utf-8", errors="replace")
    return (
        markdown.to_html(markdown.with_addresses(text))
        if ending in ("md", "markdown")
        else Markup("<pre>{}</pre>").format(text)
    )


def is_image(file: File) -> bool:
    return mimetype(file.name) in _IMAGES


def disposition(file: File, is_shown: bool) -> str:
    """The header that makes a browser show or save the file, with its name."""
    return f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{quote(file.name)}"


def media_type(file: File) -> str:
    """The media type: images are shown; everything else is only ever downloaded, never run."""
    return mimetype(file.name) if is_image(file) else "application/octet-stream"


def _kind(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return {"md": "Markdown", "csv": "CSV table", "txt": "Plain text", "json": "JSON"}.get(ending, ending.upper())


def _size(count: int) -> str:
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
