"""What each screen shows: the facts its template is filled with."""

from typing import Any

from slack_sandbox.model import Channel, Message, View
from slack_sandbox.page import dates, rows
from slack_sandbox.page.people import Author, author
from slack_sandbox.page.reading import Unread
from slack_sandbox.page.visitor import Visitor

Facts = dict[str, Any]
# As many messages as a tall screen shows several times over; older ones come when one scrolls up.
PAGE_LENGTH = 80
_FIRST_WORDS = "declare S1 IVR down in Manila"


def frame(visitor: Visitor, current: str) -> Facts:
    """What stands around every screen."""
    return {
        "me": author(visitor.user),
        "everybody": everybody(visitor),
        "shortcuts": shortcuts(visitor, "global"),
        **sidebar(visitor, current),
        **clock(visitor),
        **story(visitor),
    }


def story(visitor: Visitor) -> Facts:
    """How to begin, or what the story that plays is telling."""
    command = next((c["command"] for c in visitor.sandbox.workspace.app.commands if c["command"] != "*"), "")
    return {"story": visitor.story, "first_words": f"{command} {_FIRST_WORDS}".strip()}


def clock(visitor: Visitor) -> Facts:
    """The workspace's time, how far it was moved, and when something is due."""
    offset_s = visitor.sandbox.clock_offset_s
    reader = visitor.reader()
    return {
        "clock_at": reader.now.astimezone(reader.zone),
        "clock_epoch": reader.now.timestamp(),
        "clock_ahead": dates.length(offset_s) if offset_s else "",
        **due(visitor),
    }


def due(visitor: Visitor) -> Facts:
    """When the app has something to do next."""
    due_at, reader = visitor.sandbox.clock.next_due_at, visitor.reader()
    at = dates.moment(due_at, reader.zone) if due_at else None
    return {"clock_due": due_at, "clock_due_at": dates.near(at, reader.now.astimezone(reader.zone)) if at else ""}


def shortcuts(visitor: Visitor, kind: str) -> list[dict[str, str]]:
    """The app's shortcuts of this kind, by name."""
    declared = visitor.sandbox.workspace.app.shortcuts
    return [s for s in declared if s["type"] == kind]


def app(visitor: Visitor) -> Author:
    return author(visitor.sandbox.workspace.bot)


def sidebar(visitor: Visitor, current: str) -> Facts:
    """The channel list with its unread marks; `current` is the id of what is open, or "home"."""
    channels = visitor.channels()
    joined = [c for c in channels if visitor.user.id in c.members and not c.is_archived]
    direct = visitor.direct_message()
    everyone = [*joined, direct]
    return {
        "joined": joined,
        "others": [c for c in channels if visitor.user.id not in c.members and not c.is_archived],
        "archived": [c for c in channels if c.is_archived],
        "direct": direct,
        "app": app(visitor),
        "unread": {c.id: visitor.marks.unread(visitor.user.id, c) for c in everyone},
        "nothing_unread": Unread(),
        "current": current,
    }


def conversation(visitor: Visitor, channel: Channel, at: str = "") -> Facts:
    """A channel or the conversation with the app; `at` is a message to show in any case."""
    messages = rows.top_level(channel, visitor.user.id)
    last_read = visitor.marks.last_read(visitor.user.id, channel.id)
    first = min(_first_shown(messages, last_read), _index(messages, at))
    return {
        **heading(visitor, channel),
        "has_older": first > 0,
        **_rows(visitor, messages, first, len(messages), last_read),
    }


def heading(visitor: Visitor, channel: Channel) -> Facts:
    """What stands above a conversation: its name, topic, members, pins and bookmarks."""
    return {
        "channel": channel,
        "app": app(visitor),
        "is_member": visitor.user.id in channel.members,
        "members": members(visitor, channel),
        "pin_count": len(channel.pins),
        "bookmarks": channel.bookmarks,
    }


def older(visitor: Visitor, channel: Channel, before: str) -> Facts:
    """The page of messages above the one timed `before`."""
    messages = rows.top_level(channel, visitor.user.id)
    end = _index(messages, before)
    first = max(0, end - PAGE_LENGTH)
    return {"has_older": first > 0, **_rows(visitor, messages, first, end)}


def newer(visitor: Visitor, channel: Channel, after: str) -> Facts:
    """What stands below the message timed `after`."""
    later = (m.ts for m in rows.top_level(channel, visitor.user.id) if m.ts > after)
    return some_rows(visitor, channel, set(later))


def some_rows(visitor: Visitor, channel: Channel, wanted: set[str]) -> Facts:
    """The rows of these message times, as they stand in the channel now."""
    messages = rows.top_level(channel, visitor.user.id)
    reader = visitor.reader()
    drawn: list[rows.Row] = []
    for index, message in enumerate(messages):
        if message.ts in wanted:
            above = messages[index - 1] if index else None
            drawn += rows.rows([message], visitor.sandbox.workspace, reader, above)
    return {"rows": drawn}


def thread(visitor: Visitor, channel: Channel, ts: str) -> Facts:
    messages = rows.thread(channel, ts, visitor.user.id)
    return {"channel": channel, "ts": ts, "pane": "t-", **_rows(visitor, messages, 0, len(messages))}


def pins(visitor: Visitor, channel: Channel) -> Facts:
    pinned = [channel.messages[mark["ts"]] for mark in channel.pins if mark["ts"] in channel.messages]
    return {"channel": channel, "pane": "p-", **_rows(visitor, pinned, 0, len(pinned))}


def view(view: View | None) -> Facts:
    """A modal or an App Home, with what was entered so far."""
    return {"view": view.as_slack() if view else None, "entered": view.values if view else {}}


def members(visitor: Visitor, channel: Channel) -> list[Author]:
    users = visitor.sandbox.workspace.users
    return [author(users[user_id]) for user_id in channel.members if user_id in users]


def everybody(visitor: Visitor) -> list[Author]:
    """Whoever one can be."""
    return [author(user) for user in visitor.sandbox.workspace.users.values() if not user.is_bot]


def _rows(visitor: Visitor, messages: list[Message], first: int, end: int, new_after: str = "") -> Facts:
    above = messages[first - 1] if first else None
    shown = messages[first:end]
    return {"rows": list(rows.rows(shown, visitor.sandbox.workspace, visitor.reader(), above, new_after))}


def _first_shown(messages: list[Message], last_read: str) -> int:
    """The last page, or more when more is unread."""
    unread = next((i for i, message in enumerate(messages) if message.ts > last_read), len(messages))
    return max(0, min(len(messages) - PAGE_LENGTH, max(unread - 1, len(messages) - 3 * PAGE_LENGTH)))


def _index(messages: list[Message], ts: str) -> int:
    return next((i for i, message in enumerate(messages) if message.ts == ts), len(messages))
