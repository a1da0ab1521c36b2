"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from slack_sandbox.workspace import Workspace


def wait_for(workspace: Workspace, predicate: Callable[[], Any], timeout_s: float) -> Any:
    """Re-evaluate the predicate after each change of the workspace until it holds; returns its value."""
    deadline = time.monotonic() + timeout_s
    while True:
        # Evaluated without the lock: the predicate may be an action that waits for the app.
        seen = workspace.touches
        if value := predicate():
            return value
        with workspace.changed:
            left_s = deadline - time.monotonic()
            if not workspace.changed.wait_for(partial(_has_changed, workspace, seen), left_s):
                raise TimeoutError(f"It did not come true within {timeout_s} s.")


def wait_through(workspace: Workspace, remaining_s: Callable[[], float | None], timeout_s: float) -> None:
    """Wait until `remaining_s` is zero or less; None means that something must change first."""
    deadline = time.monotonic() + timeout_s
    with workspace.changed:
        while (left_s := remaining_s()) is None or left_s > 0:
            until_deadline_s = deadline - time.monotonic()
            if until_deadline_s <= 0:
                raise TimeoutError(f"The app was still busy after {timeout_s} s.")
            workspace.changed.wait(until_deadline_s if left_s is None else min(left_s, until_deadline_s))


def _has_changed(workspace: Workspace, since: int) -> bool:
    return workspace.touches != since
