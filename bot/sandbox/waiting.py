"""Waiting for something to become true, instead of sleeping."""

import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.workspace import Workspace


def wait_for(workspace: Workspace, predicate: Callable[[], Any], timeout_s: float) -> Any:
    """Look again after each change of the workspace; returns the predicate's value."""
    deadline = time.monotonic() + timeout_s
    with workspace.changed:
        while not (value := predicate()):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(f"It did not come true within {timeout_s} s.")
            workspace.changed.wait(left_s)
        return value


def wait_until(workspace: Workspace, holds: Callable[[], bool], timeout_s: float, every_s: float) -> None:
    """The same for what also depends on time passing: looks again at least `every_s`."""
    deadline = time.monotonic() + timeout_s
    with workspace.changed:
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"The app was still busy after {timeout_s} s.")
            workspace.changed.wait(every_s)
