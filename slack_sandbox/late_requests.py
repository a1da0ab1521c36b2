"""Requests that Slack has accepted and carries out later, whether or not the client still waits for the answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sandbox.records import Call
from slack_sandbox.workspace import Workspace


@dataclass(eq=False)
class LateRequest:
    """A request whose effect is still to come.

    It takes effect when the sandbox's clock reaches `due_at`, after the answer to the next call for which
    `is_after` holds, or when the test says so.
    """

    call: Call
    carry_out: Callable[[], Any]
    due_at: float | None
    is_after: Callable[[Call], bool]
    # Called in the thread that carried out the request.
    when_done: Callable[[], None] = field(default=lambda: None)


class LateRequests:
    """The late requests in order of arrival."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pending: list[LateRequest] = []

    @property
    def calls(self) -> list[Call]:
        """The calls whose effect is still to come."""
        with self._workspace.lock:
            return [request.call for request in self._pending]

    def add(self, request: LateRequest) -> None:
        with self._workspace.lock:
            self._pending.append(request)
            self._workspace.touch("late_request", method=request.call.method)

    def clear(self) -> None:
        with self._workspace.lock:
            self._pending.clear()

    def carry_out(self, method: str = "*") -> list[Call]:
        """Carry out all pending requests of a method. Returns the calls with their answers."""
        return self._carry_out(lambda request: method in ("*", request.call.method))

    def carry_out_due(self) -> None:
        """Carry out the requests that are due on the sandbox's clock."""
        if self._pending:
            now = self._workspace.clock.now()
            self._carry_out(lambda request: request.due_at is not None and request.due_at <= now)

    def carry_out_after(self, call: Call) -> None:
        """Carry out the requests that were waiting for such a call."""
        if self._pending:
            self._carry_out(lambda request: request.is_after(call))

    def _carry_out(self, is_wanted: Callable[[LateRequest], bool]) -> list[Call]:
        with self._workspace.lock:
            wanted = [request for request in self._pending if is_wanted(request)]
            self._pending = [request for request in self._pending if request not in wanted]
            for request in wanted:
                # Already late: what follows from it is not deferred again.
                self._workspace.is_late = True
                try:
                    request.carry_out()
                finally:
                    self._workspace.is_late = False
                self._workspace.touch("late_request", method=request.call.method)
        for request in wanted:
            request.when_done()
        return [request.call for request in wanted]
