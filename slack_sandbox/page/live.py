"""Changes of the workspace, sent to every open window as server-sent events."""

import asyncio
import json
import queue
from collections.abc import AsyncIterator
from contextlib import suppress
from threading import Thread
from typing import Any

from slack_sandbox.installation import Installation
from slack_sandbox.page.viewer import Viewer

Change = dict[str, Any]
_HEARTBEAT_S = 15.0
# Changes that only the person concerned may see.
_PERSONAL = ("ephemeral", "view", "read")
_IN_CHANNEL = ("message", "message_changed", "message_deleted", "ephemeral", "members")
_LAST: Change = {}
_FOR_NOBODY = ("call", "envelope")


class Broadcast:
    """One subscription to the workspace, shared by all windows, as long as any is open."""

    def __init__(self, sandbox: Installation) -> None:
        self._changes = sandbox.workspace.changes
        self._feed: queue.Queue[Change] | None = None
        self._windows: dict[asyncio.Queue[Change], asyncio.AbstractEventLoop] = {}

    async def stream(self, viewer: Viewer) -> AsyncIterator[str]:
        """Yield the events of one window until it closes."""
        window: asyncio.Queue[Change] = asyncio.Queue()
        self._windows[window] = asyncio.get_running_loop()
        if self._feed is None:
            self._listen()
        try:
            yield "retry: 500\n\n"
            while True:
                yield await _next_event(window, viewer)
        finally:
            del self._windows[window]
            if not self._windows:
                self._hang_up()

    def _listen(self) -> None:
        self._feed = self._changes.subscribe()
        Thread(target=self._run, args=(self._feed,), name="page-broadcast", daemon=True).start()

    def _hang_up(self) -> None:
        feed, self._feed = self._feed, None
        if feed is not None:
            self._changes.unsubscribe(feed)
            with suppress(queue.Full):  # then another change is already there to wake it up
                feed.put_nowait(_LAST)

    def _run(self, feed: "queue.Queue[Change]") -> None:
        while (change := feed.get()) and feed is self._feed:
            for window, loop in list(self._windows.items()):
                with suppress(RuntimeError):  # the window's loop ended with the server
                    loop.call_soon_threadsafe(window.put_nowait, change)


async def _next_event(window: "asyncio.Queue[Change]", viewer: Viewer) -> str:
    try:
        async with asyncio.timeout(_HEARTBEAT_S):
            while True:
                change = await window.get()
                if concerns(viewer, change):
                    return f"data: {json.dumps(change | _parent(viewer, change))}\n\n"
    except TimeoutError:
        return ": still here\n\n"


def _parent(viewer: Viewer, change: Change) -> Change:
    """The parent of a reply, which also changes with it."""
    channel = viewer.sandbox.workspace.channels.get(change.get("channel", ""))
    message = channel.messages.get(change.get("ts", "")) if channel else None
    return {"parent": message.thread_ts} if message and message.is_reply else {}


def concerns(viewer: Viewer, change: Change) -> bool:
    """Whether this person may know of the change and can see an effect of it."""
    kind = change["kind"]
    if kind in _FOR_NOBODY:
        return False
    if kind in _PERSONAL and change.get("user") != viewer.user.id:
        return False
    channel = viewer.sandbox.workspace.channels.get(change.get("channel", ""))
    if kind in _IN_CHANNEL and channel is not None:
        return viewer.sandbox.workspace.is_visible_to(viewer.user, channel) or kind == "members"
    return True
