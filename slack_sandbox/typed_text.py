"""Typed text in the form in which Slack stores and delivers it, and back."""

import re
from functools import partial

from slack_sandbox.emoji import with_names
from slack_sandbox.model import User
from slack_sandbox.workspace import Workspace

# Slack recognises the domains that exist; `example` stands for them where nothing real may be named.
_ENDINGS = "com|org|net|io|eu|example"
_RECOGNISED = re.compile(
    r"<[^<>]*>"  # is in Slack's form already
    r"|(?P<url>https?://[^\s<>|\"”»]*[^\s<>|\"”».,;:!?)'*_~])"
    r"|(?P<address>(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+)"
    rf"|(?P<domain>(?<![\w@#./-])(?:[\w-]++\.)+(?:{_ENDINGS})\b(?!\.\w)(?:/[^\s<>|]*[\w/])?)"
    r"|(?<![\w@#])(?P<sign>[@#])(?P<name>[\w.-]+)"
)
_BROADCASTS = ("here", "channel", "everyone")


def escaped(text: str) -> str:
    """The text with the characters escaped that have a meaning in Slack's form."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_references(text: str, workspace: Workspace, author: User) -> str:
    """The text with people, groups, channels, addresses and links as references; existing ones stay.

    Emoji are names.
    """
    return _RECOGNISED.sub(lambda match: _reference(match, workspace, author), with_names(text))


def typed(text: str, workspace: Workspace) -> str:
    """The reverse, for editing: the text as a person would type it."""
    for pattern, names in _typed_names(workspace):
        text = re.sub(pattern, partial(_as_typed, names), text)
    text = re.sub(r"<!(here|channel|everyone)(?:\|[^>]*)?>", r"@\1", text)
    text = re.sub(r"<(?:mailto:|http://)([^<>|]*)\|\1>", r"\1", text)
    text = re.sub(r"<(https?://[^<>|]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _as_typed(names: dict[str, str], reference: re.Match[str]) -> str:
    return names.get(reference[1], reference[0])


def _typed_names(workspace: Workspace) -> list[tuple[str, dict[str, str]]]:
    return [
        (r"<@(\w+)>", {user.id: f"@{user.name}" for user in workspace.users.values()}),
        (r"<#(\w+)(?:\|[^>]*)?>", {channel.id: f"#{channel.name}" for channel in workspace.channels.values()}),
        (r"<!subteam\^(\w+)(?:\|[^>]*)?>", {group.id: f"@{group.handle}" for group in workspace.groups.values()}),
    ]


def _reference(match: re.Match[str], workspace: Workspace, author: User) -> str:
    if url := match["url"]:
        return f"<{url}>"
    if address := match["address"]:
        return f"<mailto:{address}|{address}>"
    if domain := match["domain"]:
        return f"<http://{domain}|{domain}>"
    return _named(match["sign"], match["name"], workspace, author) if match["sign"] else match[0]


def _named(sign: str, name: str, workspace: Workspace, author: User) -> str:
    bare = name.rstrip(".-")
    rest = name[len(bare) :]
    found = _channel(bare, workspace, author) if sign == "#" else _person(bare, workspace)
    return (found or sign + bare) + rest


def _person(name: str, workspace: Workspace) -> str:
    if name in _BROADCASTS:
        return f"<!{name}>"
    for user in workspace.users.values():
        if user.name == name:
            return f"<@{user.id}>"
    group = next((g for g in workspace.groups.values() if g.handle == name), None)
    return f"<!subteam^{group.id}>" if group else ""


def _channel(name: str, workspace: Workspace, author: User) -> str:
    seen = workspace.channels_visible_to(author)
    found = next((channel for channel in seen if channel.name == name and not channel.is_im), None)
    return f"<#{found.id}|{name}>" if found else ""
