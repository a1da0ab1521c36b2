"""Waiting for something to become true, instead of sleeping."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from slack_sandbox.workspace import Workspace


def wait_for(workspace: Workspace, predicate: Callable[[], Any], timeout_s: float) -> Any:
    """Look again after each change of the workspace; returns the predicate's value."""
    deadline = time.monotonic() + timeout_s
    while True:
        # Asked without holding the lock: the predicate may be a deed that waits for the app.
        seen = workspace.touches
        if value := predicate():
            return value
        with workspace.changed:
            left_s = deadline - time.monotonic()
            if not workspace.changed.wait_for(partial(_has_moved, workspace, seen), left_s):
                raise TimeoutError(f"It did not come true within {timeout_s} s.")


def wait_until(workspace: Workspace, holds: Callable[[], bool], timeout_s: float, every_s: float) -> None:
    """The same for what also depends on time passing: looks again at least `every_s`."""
    deadline = time.monotonic() + timeout_s
    with workspace.changed:
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"The app was still busy after {timeout_s} s.")
            workspace.changed.wait(every_s)


def _has_moved(workspace: Workspace, since: int) -> bool:
    return workspace.touches != since
