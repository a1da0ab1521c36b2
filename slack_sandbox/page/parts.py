"""The parts of a screen that are exchanged alone when something changes."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sandbox.page import attachments, composer, inspector, screens
from slack_sandbox.page.drawing import draw
from slack_sandbox.page.visitor import Visitor

Query = Mapping[str, str]
Part = Callable[[Visitor, Query], str]


def sidebar(visitor: Visitor, query: Query) -> str:
    return _drawn("sidebar.html", visitor, screens.sidebar(visitor, query.get("current", "")))


def rows(visitor: Visitor, query: Query) -> str:
    channel = visitor.channel(query["channel"])
    return _drawn("rows.html", visitor, screens.some_rows(visitor, channel, set(query["ts"].split(","))))


def newer(visitor: Visitor, query: Query) -> str:
    channel = visitor.channel(query["channel"])
    return _drawn("rows.html", visitor, screens.newer(visitor, channel, query["after"]))


def older(visitor: Visitor, query: Query) -> str:
    facts = screens.older(visitor, visitor.channel(query["channel"]), query["before"])
    return _drawn("older.html", visitor, facts)


def thread(visitor: Visitor, query: Query) -> str:
    facts = screens.thread(visitor, visitor.channel(query["channel"]), query["ts"])
    return _drawn("thread.html", visitor, facts)


def pins(visitor: Visitor, query: Query) -> str:
    return _drawn("pins.html", visitor, screens.pins(visitor, visitor.channel(query["channel"])))


def members(visitor: Visitor, query: Query) -> str:
    channel = visitor.channel(query["channel"])
    facts = {"channel": channel, "members": screens.members(visitor, channel)}
    facts["is_member"] = visitor.user.id in channel.members
    return _drawn("members.html", visitor, facts)


def heading(visitor: Visitor, query: Query) -> str:
    channel = visitor.channel(query["channel"])
    return _drawn("heading.html", visitor, screens.heading(visitor, channel))


def modal(visitor: Visitor, query: Query) -> str:
    """The modal on top; nothing when none is open."""
    stack = visitor.sandbox.workspace.modals.get(visitor.user.id)
    if not stack:
        return ""
    return _drawn(
        "modal.html", visitor, screens.view(stack[-1]) | {"depth": len(stack), "app": screens.app(visitor)}
    )


def file(visitor: Visitor, query: Query) -> str:
    found = attachments.visible_file(visitor.sandbox.workspace, query["file"], visitor.user)
    shown = attachments.shown(vars(found), visitor.user.name)
    return _drawn("file.html", visitor, {"file": shown, "preview": attachments.preview(found)})


def message_menu(visitor: Visitor, query: Query) -> str:
    channel = visitor.channel(query["channel"])
    message = channel.messages[query["ts"]]
    return _drawn(
        "message_menu.html",
        visitor,
        {
            "message": message,
            "is_own": message.user == visitor.user.id,
            "shortcuts": screens.shortcuts(visitor, "message"),
            "app": screens.app(visitor),
        },
    )


def words_typed(visitor: Visitor, query: Query) -> str:
    """A message as its author would type it again, to edit it."""
    message = visitor.channel(query["channel"]).messages[query["ts"]]
    return _drawn("edit.html", visitor, {"typed": composer.typed(message.text, visitor.sandbox.workspace)})


def clock(visitor: Visitor, query: Query) -> str:
    return _drawn("clock.html", visitor, screens.clock(visitor))


def due(visitor: Visitor, query: Query) -> str:
    return _drawn("due.html", visitor, screens.due(visitor))


def story(visitor: Visitor, query: Query) -> str:
    return _drawn("story.html", visitor, screens.story(visitor))


def inspection(visitor: Visitor, query: Query) -> str:
    return _drawn("inspector.html", visitor, inspector.facts(visitor.sandbox, visitor.reader()))


PARTS: dict[str, Part] = {
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
    "story": story,
    "inspector": inspection,
}


def _drawn(template: str, visitor: Visitor, facts: dict[str, Any]) -> str:
    return draw(template, visitor.reader(), **facts)
