"""Completions of the composer: commands, people, groups, channels, emoji."""

from typing import Any

from slack_sandbox import emoji
from slack_sandbox.page.viewer import Viewer

Json = dict[str, Any]
_BROADCASTS = {
    "here": "Notify everyone online in this channel",
    "channel": "Notify everyone in this channel",
}


def completions(viewer: Viewer) -> Json:
    """Completions by their trigger character; an entry has the text to insert, the text to show, and a hint."""
    return {
        "/": _commands(viewer),
        "@": _people(viewer),
        "#": [_entry(f"#{c.name}", f"#{c.name}", c.topic["value"]) for c in viewer.channels()],
        ":": [_entry(f":{name}:", f"{character} {name}", "") for name, character in emoji.CHARACTERS.items()],
        "quick": [{"name": name, "character": emoji.character(name)} for name in emoji.QUICK],
    }


def _commands(viewer: Viewer) -> list[Json]:
    app = viewer.sandbox.workspace.app
    return [
        _entry(c["command"], f"{c['command']} {c.get('usage_hint', '')}".strip(), c.get("description", ""))
        for c in app.commands
        if c["command"] != "*"
    ]


def _people(viewer: Viewer) -> list[Json]:
    workspace = viewer.sandbox.workspace
    people = [_entry(f"@{u.name}", u.real_name, u.title) for u in workspace.users.values()]
    groups = [_entry(f"@{g.handle}", f"@{g.handle}", g.name) for g in workspace.groups.values()]
    return people + groups + [_entry(f"@{name}", f"@{name}", hint) for name, hint in _BROADCASTS.items()]


def _entry(insert: str, shown: str, hint: str) -> Json:
    return {"insert": insert, "shown": shown, "hint": hint}
