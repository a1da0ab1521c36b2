"""The change feed: subscribers receive every change of the workspace, in order."""

import queue
from typing import Any

Change = dict[str, Any]
# A reader that has fallen this far behind is dropped and reloads everything.
_KEPT = 10_000


class Changes:
    """A subscription is a queue of small dicts such as {"kind": "message", "channel": "C…"}."""

    def __init__(self) -> None:
        self._queues: list[queue.Queue[Change]] = []

    def subscribe(self) -> "queue.Queue[Change]":
        feed: queue.Queue[Change] = queue.Queue(_KEPT)
        self._queues = [*self._queues, feed]
        return feed

    def unsubscribe(self, feed: "queue.Queue[Change]") -> None:
        self._queues = [q for q in self._queues if q is not feed]

    def publish(self, kind: str, **fields: Any) -> None:
        for feed in self._queues:
            if feed.full():
                self.unsubscribe(feed)
                continue
            feed.put_nowait({"kind": kind, **fields})
