"""Converting typed text into the form in which Slack delivers it."""

import re
from functools import partial

from slack_sandbox.page.names import Reader
from slack_sandbox.workspace import Workspace

_SIGNED = re.compile(r"(?<![\w@#])([@#])([\w.-]+)")
_BROADCASTS = ("here", "channel", "everyone")


def encoded(text: str, workspace: Workspace, reader: Reader) -> str:
    """The text, escaped, with named people, groups and channels as references."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return with_references(safe, workspace, reader)


def with_references(text: str, workspace: Workspace, reader: Reader) -> str:
    """The text with named people, groups and channels as references."""
    return _SIGNED.sub(lambda named: _reference(named, workspace, reader) or named[0], text)


def typed(text: str, workspace: Workspace) -> str:
    """The reverse, for editing: the text as a person would type it."""
    for pattern, names in _typed_names(workspace):
        text = re.sub(pattern, partial(_as_typed, names), text)
    text = re.sub(r"<!(here|channel|everyone)(?:\|[^>]*)?>", r"@\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _as_typed(names: dict[str, str], reference: re.Match[str]) -> str:
    return names.get(reference[1], reference[0])


def _typed_names(workspace: Workspace) -> list[tuple[str, dict[str, str]]]:
    return [
        (r"<@(\w+)>", {user.id: f"@{user.name}" for user in workspace.users.values()}),
        (r"<#(\w+)(?:\|[^>]*)?>", {channel.id: f"#{channel.name}" for channel in workspace.channels.values()}),
        (r"<!subteam\^(\w+)(?:\|[^>]*)?>", {group.id: f"@{group.handle}" for group in workspace.groups.values()}),
    ]


def _reference(named: re.Match[str], workspace: Workspace, reader: Reader) -> str:
    sign, name = named.groups()
    bare = name.rstrip(".-")
    rest = name[len(bare) :]
    found = _channel(bare, reader) if sign == "#" else _person(bare, workspace)
    return found and found + rest


def _person(name: str, workspace: Workspace) -> str:
    if name in _BROADCASTS:
        return f"<!{name}>"
    for user in workspace.users.values():
        if user.name == name:
            return f"<@{user.id}>"
    group = next((g for g in workspace.groups.values() if g.handle == name), None)
    return f"<!subteam^{group.id}>" if group else ""


def _channel(name: str, reader: Reader) -> str:
    found = next((key for key, known in reader.channels.items() if known == name), None)
    return f"<#{found}|{name}>" if found else ""
