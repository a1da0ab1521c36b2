"""The data of each screen, for its template."""

from typing import Any

from slack_sandbox.model import Channel, Message, View
from slack_sandbox.page import dates, rows
from slack_sandbox.page.people import Author, author
from slack_sandbox.page.read_marks import Unread
from slack_sandbox.page.viewer import Viewer

Facts = dict[str, Any]
# Several tall screens of messages; older ones are loaded on scrolling up.
PAGE_LENGTH = 80
_FIRST_COMMAND = "declare S1 IVR down in Manila"


def frame(viewer: Viewer, current: str) -> Facts:
    """The frame around every screen."""
    return {
        "me": author(viewer.user),
        "everybody": everybody(viewer),
        "shortcuts": shortcuts(viewer, "global"),
        **sidebar(viewer, current),
        **clock(viewer),
        **demo(viewer),
    }


def demo(viewer: Viewer) -> Facts:
    """The demo's state, and the first command to try."""
    command = next((c["command"] for c in viewer.sandbox.workspace.app.commands if c["command"] != "*"), "")
    return {"demo": viewer.demo, "first_command": f"{command} {_FIRST_COMMAND}".strip()}


def clock(viewer: Viewer) -> Facts:
    """The workspace's time, how far it was moved, and when something is due."""
    offset_s = viewer.sandbox.clock_offset_s
    reader = viewer.reader()
    return {
        "clock_at": reader.now.astimezone(reader.zone),
        "clock_epoch": reader.now.timestamp(),
        "clock_ahead": dates.length(offset_s) if offset_s else "",
        **due(viewer),
    }


def due(viewer: Viewer) -> Facts:
    """When the app has something to do next."""
    due_at, reader = viewer.sandbox.clock.next_due_at, viewer.reader()
    at = dates.moment(due_at, reader.zone) if due_at else None
    return {"clock_due": due_at, "clock_due_at": dates.near(at, reader.now.astimezone(reader.zone)) if at else ""}


def shortcuts(viewer: Viewer, kind: str) -> list[dict[str, str]]:
    """The app's shortcuts of this kind, by name."""
    declared = viewer.sandbox.workspace.app.shortcuts
    return [s for s in declared if s["type"] == kind]


def app(viewer: Viewer) -> Author:
    return author(viewer.sandbox.workspace.bot)


def sidebar(viewer: Viewer, current: str) -> Facts:
    """The channel list with its unread marks; `current` is the id of the open channel, or "home"."""
    channels = viewer.channels()
    joined = [c for c in channels if viewer.user.id in c.members and not c.is_archived]
    direct = viewer.direct_message()
    everyone = [*joined, direct]
    return {
        "joined": joined,
        "others": [c for c in channels if viewer.user.id not in c.members and not c.is_archived],
        "archived": [c for c in channels if c.is_archived],
        "direct": direct,
        "app": app(viewer),
        "unread": {c.id: viewer.marks.unread(viewer.user.id, c) for c in everyone},
        "nothing_unread": Unread(),
        "current": current,
    }


def conversation(viewer: Viewer, channel: Channel, at: str = "") -> Facts:
    """A channel or the conversation with the app; the message `at` is always included."""
    messages = rows.top_level(channel, viewer.user.id)
    last_read = viewer.marks.last_read(viewer.user.id, channel.id)
    first = min(_first_shown(messages, last_read), _index(messages, at))
    return {
        **heading(viewer, channel),
        "has_older": first > 0,
        **_rows(viewer, messages, first, len(messages), last_read),
    }


def heading(viewer: Viewer, channel: Channel) -> Facts:
    """The heading of a conversation: its name, topic, members, pins and bookmarks."""
    return {
        "channel": channel,
        "app": app(viewer),
        "is_member": viewer.user.id in channel.members,
        "members": members(viewer, channel),
        "pin_count": len(channel.pins),
        "bookmarks": channel.bookmarks,
    }


def older(viewer: Viewer, channel: Channel, before: str) -> Facts:
    """The page of messages above the one with the time `before`."""
    messages = rows.top_level(channel, viewer.user.id)
    end = _index(messages, before)
    first = max(0, end - PAGE_LENGTH)
    return {"has_older": first > 0, **_rows(viewer, messages, first, end)}


def newer(viewer: Viewer, channel: Channel, after: str) -> Facts:
    """The rows below the message with the time `after`."""
    later = (m.ts for m in rows.top_level(channel, viewer.user.id) if m.ts > after)
    return some_rows(viewer, channel, set(later))


def some_rows(viewer: Viewer, channel: Channel, wanted: set[str]) -> Facts:
    """The current rows of the messages with these times."""
    messages = rows.top_level(channel, viewer.user.id)
    reader = viewer.reader()
    drawn: list[rows.Row] = []
    for index, message in enumerate(messages):
        if message.ts in wanted:
            above = messages[index - 1] if index else None
            drawn += rows.rows([message], viewer.sandbox.workspace, reader, above)
    return {"rows": drawn}


def thread(viewer: Viewer, channel: Channel, ts: str) -> Facts:
    messages = rows.thread(channel, ts, viewer.user.id)
    return {"channel": channel, "ts": ts, "pane": "t-", **_rows(viewer, messages, 0, len(messages))}


def pins(viewer: Viewer, channel: Channel) -> Facts:
    pinned = [channel.messages[mark["ts"]] for mark in channel.pins if mark["ts"] in channel.messages]
    return {"channel": channel, "pane": "p-", **_rows(viewer, pinned, 0, len(pinned))}


def view(view: View | None) -> Facts:
    """A modal or an App Home, with the values entered so far."""
    return {"view": view.as_slack() if view else None, "entered": view.values if view else {}}


def members(viewer: Viewer, channel: Channel) -> list[Author]:
    users = viewer.sandbox.workspace.users
    return [author(users[user_id]) for user_id in channel.members if user_id in users]


def everybody(viewer: Viewer) -> list[Author]:
    """All people of the workspace; the page can be used as any of them."""
    return [author(user) for user in viewer.sandbox.workspace.users.values() if not user.is_bot]


def _rows(viewer: Viewer, messages: list[Message], first: int, end: int, new_after: str = "") -> Facts:
    above = messages[first - 1] if first else None
    shown = messages[first:end]
    return {"rows": list(rows.rows(shown, viewer.sandbox.workspace, viewer.reader(), above, new_after))}


def _first_shown(messages: list[Message], last_read: str) -> int:
    """The index of the first message to show: the last page's, or an earlier one if more is unread."""
    unread = next((i for i, message in enumerate(messages) if message.ts > last_read), len(messages))
    return max(0, min(len(messages) - PAGE_LENGTH, max(unread - 1, len(messages) - 3 * PAGE_LENGTH)))


def _index(messages: list[Message], ts: str) -> int:
    return next((i for i, message in enumerate(messages) if message.ts == ts), len(messages))
