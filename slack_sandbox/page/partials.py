"""The parts of a screen that are replaced separately when something changes."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sandbox.page import attachments, inspector, screens
from slack_sandbox.page.rendering import render
from slack_sandbox.page.viewer import Viewer
from slack_sandbox.typed_text import typed

Query = Mapping[str, str]
Part = Callable[[Viewer, Query], str]


def sidebar(viewer: Viewer, query: Query) -> str:
    return _drawn("sidebar.html", viewer, screens.sidebar(viewer, query.get("current", "")))


def rows(viewer: Viewer, query: Query) -> str:
    channel = viewer.channel(query["channel"])
    return _drawn("rows.html", viewer, screens.some_rows(viewer, channel, set(query["ts"].split(","))))


def newer(viewer: Viewer, query: Query) -> str:
    channel = viewer.channel(query["channel"])
    return _drawn("rows.html", viewer, screens.newer(viewer, channel, query["after"]))


def older(viewer: Viewer, query: Query) -> str:
    facts = screens.older(viewer, viewer.channel(query["channel"]), query["before"])
    return _drawn("older.html", viewer, facts)


def thread(viewer: Viewer, query: Query) -> str:
    facts = screens.thread(viewer, viewer.channel(query["channel"]), query["ts"])
    return _drawn("thread.html", viewer, facts)


def pins(viewer: Viewer, query: Query) -> str:
    return _drawn("pins.html", viewer, screens.pins(viewer, viewer.channel(query["channel"])))


def members(viewer: Viewer, query: Query) -> str:
    channel = viewer.channel(query["channel"])
    facts = {"channel": channel, "members": screens.members(viewer, channel)}
    facts["is_member"] = viewer.user.id in channel.members
    return _drawn("members.html", viewer, facts)


def heading(viewer: Viewer, query: Query) -> str:
    channel = viewer.channel(query["channel"])
    return _drawn("heading.html", viewer, screens.heading(viewer, channel))


def modal(viewer: Viewer, query: Query) -> str:
    """The top modal; empty if none is open."""
    stack = viewer.sandbox.workspace.modals.get(viewer.user.id)
    if not stack:
        return ""
    return _drawn("modal.html", viewer, screens.view(stack[-1]) | {"depth": len(stack), "app": screens.app(viewer)})


def file(viewer: Viewer, query: Query) -> str:
    found = attachments.visible_file(viewer.sandbox.workspace, query["file"], viewer.user)
    shown = attachments.shown(vars(found), viewer.user.name)
    return _drawn("file.html", viewer, {"file": shown, "preview": attachments.preview(found)})


def message_menu(viewer: Viewer, query: Query) -> str:
    channel = viewer.channel(query["channel"])
    message = channel.messages[query["ts"]]
    return _drawn(
        "message_menu.html",
        viewer,
        {
            "message": message,
            "is_own": message.user == viewer.user.id,
            "shortcuts": screens.shortcuts(viewer, "message"),
            "app": screens.app(viewer),
        },
    )


def words_typed(viewer: Viewer, query: Query) -> str:
    """A message as its author would type it, for editing."""
    message = viewer.channel(query["channel"]).messages[query["ts"]]
    return _drawn("edit.html", viewer, {"typed": typed(message.text, viewer.sandbox.workspace)})


def clock(viewer: Viewer, query: Query) -> str:
    return _drawn("clock.html", viewer, screens.clock(viewer))


def due(viewer: Viewer, query: Query) -> str:
    return _drawn("due.html", viewer, screens.due(viewer))


def demo(viewer: Viewer, query: Query) -> str:
    return _drawn("demo.html", viewer, screens.demo(viewer))


def inspection(viewer: Viewer, query: Query) -> str:
    return _drawn("inspector.html", viewer, inspector.facts(viewer.sandbox, viewer.reader()))


PARTIALS: dict[str, Part] = {
    "sidebar": sidebar,
    "rows": rows,
    "newer": newer,
    "older": older,
    "thread": thread,
    "pins": pins,
    "members": members,
    "heading": heading,
    "modal": modal,
    "file": file,
    "message-menu": message_menu,
    "edit": words_typed,
    "clock": clock,
    "due": due,
    "demo": demo,
    "inspector": inspection,
}


def _drawn(template: str, viewer: Viewer, facts: dict[str, Any]) -> str:
    return render(template, viewer.reader(), **facts)
