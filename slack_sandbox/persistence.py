"""Saving the workspace to a file, so that a first try survives a restart."""

import base64
import json
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

from slack_sandbox.identity import Identity
from slack_sandbox.model import Channel, File, Group, Json, Message, User, View
from slack_sandbox.workspace import Workspace

_FORMAT = 1
_PLAIN = ("scheduled", "canvases", "read_marks")


class WorkspaceUnreadable(Exception):
    """The saved workspace was written by another version, or is damaged."""


def dumps(workspace: Workspace, identity: Json) -> str:
    """The state as JSON, without open modals and response URLs, which are not worth keeping."""
    # One at a time, so that no call or user waits for all. What they refer to is read after them.
    channels = ", ".join(_channel_text(workspace, channel) for channel in list(workspace.channels.values()))
    with workspace.lock:
        state: Json = {
            "format": _FORMAT,
            "identity": identity,
            "clock_offset_s": workspace.clock.offset_s,
            "users": list(workspace.users.values()),
            "groups": list(workspace.groups.values()),
            "files": list(workspace.files.values()),
            "homes": list(workspace.homes.values()),
            **{name: getattr(workspace, name) for name in _PLAIN},
        }
        return f'{{"channels": [{channels}], {_text(state)[1:]}'


def _channel_text(workspace: Workspace, channel: Channel) -> str:
    with workspace.lock:
        return _text(channel)


def _text(value: Any) -> str:
    return json.dumps(value, default=_as_json, ensure_ascii=False)


def save(path: Path, text: str) -> None:
    """Write to a temporary file and rename it, so that a crash leaves the old file intact."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(path.suffix + ".tmp")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def load(path: Path) -> Json | None:
    """The state in the file; None if there is no file or it has another format."""
    if not path.exists():
        return None
    try:
        state: Json = json.loads(path.read_text(encoding="utf-8"))
        return state if state.get("format") == _FORMAT else None
    except (ValueError, AttributeError) as broken:
        raise WorkspaceUnreadable from broken


def identity(state: Json) -> Identity:
    """The saved identity. Raises `WorkspaceUnreadable` if another version wrote it."""
    try:
        return Identity(**state["identity"])
    except (KeyError, TypeError) as other:
        raise WorkspaceUnreadable from other


def restore(workspace: Workspace, state: Json) -> None:
    """Fill the workspace with a saved state. Raises `WorkspaceUnreadable` if another version wrote it."""
    try:
        _restore(workspace, state)
    except (KeyError, TypeError, ValueError) as other:
        raise WorkspaceUnreadable from other


def _restore(workspace: Workspace, state: Json) -> None:
    with workspace.lock:
        workspace.users = {u["id"]: User(**u) for u in state["users"]}
        workspace.groups = {g["id"]: Group(**g) for g in state["groups"]}
        workspace.channels = {c["id"]: _channel(c) for c in state["channels"]}
        workspace.files = {f["id"]: _file(f) for f in state["files"]}
        workspace.homes = {v["user"]: View(**v) for v in state["homes"]}
        workspace.views = {v.id: v for v in workspace.homes.values()}
        for name in _PLAIN:
            setattr(workspace, name, state.get(name, {}))
        workspace.clock.offset_s = state["clock_offset_s"]
        for channel in workspace.channels.values():
            for ts in channel.messages:
                workspace.clock.resume_after(ts)


def _channel(fields: Json) -> Channel:
    messages = {ts: Message(**m) for ts, m in fields.pop("messages").items()}
    ephemerals = [Message(**m) for m in fields.pop("ephemerals")]
    return Channel(**fields, messages=messages, ephemerals=ephemerals)


def _file(fields: Json) -> File:
    return File(**fields | {"content": base64.b64decode(fields["content"])})


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if is_dataclass(value):
        return vars(value)
    raise TypeError(f"{type(value).__name__} is not kept")
