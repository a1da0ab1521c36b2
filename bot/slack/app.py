"""Bolt's app, which says while somebody waits for its answer."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

Waiting = Callable[[], AbstractContextManager[None]]


class WaitedFor(App):
    """From the moment a request of Slack is taken up until it is acknowledged, `while_waiting` holds."""

    def __init__(self, while_waiting: Waiting, **options: Any) -> None:
        super().__init__(**options)
        self._while_waiting = while_waiting

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Find the listener, and give back what it acknowledged with."""
        with self._while_waiting():
            return super().dispatch(req)
