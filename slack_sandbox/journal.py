"""The journal of Web API calls, and the count of those in flight."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from slack_sandbox.records import Call, keep
from slack_sandbox.workspace import Workspace


class Journal:
    """Every call in order of arrival."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.calls: list[Call] = []
        self.begun = 0
        self.in_flight = 0
        self.last_at = 0.0

    @contextmanager
    def recording(self, call: Call) -> Iterator[Call]:
        started = time.perf_counter()
        self.begun += 1
        self.in_flight += 1
        keep(self.calls, call)
        try:
            yield call
        finally:
            call.ms = (time.perf_counter() - started) * 1000
            self.in_flight -= 1
            self.last_at = time.monotonic()
            self._workspace.touch("call", method=call.method)
