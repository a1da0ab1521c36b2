"""Moves the clock as if time passed, with stops for what the app has to do on the way."""

import time

from slack_sandbox.installation import Installation
from slack_sandbox.waiting import wait_through

# The longest wait for the app at each stop, and at all stops together, the polling interval, and how far past
# a due time to stop.
_PATIENCE_S, _LONGEST_MOVE_S, _LOOK_EVERY_S, _AFTER_DUE_S = 20.0, 240.0, 0.05, 0.5
# An app that has made no call for this long has done what was due.
_SILENCE_S = 0.7


def let_pass(sandbox: Installation, seconds: float, patience_s: float = _PATIENCE_S) -> None:
    """Let time pass, stopping at each time when the app has something to do, so that the app does it then.

    Before the first move and at each stop it waits for the app, for `patience_s` at most; if that takes longer,
    or if there are too many stops, the rest passes at once.
    """
    clock = sandbox.clock
    moved_to, until = sandbox.clock_offset_s + seconds, clock.now() + seconds
    all_end = time.monotonic() + _LONGEST_MOVE_S
    while _is_done_by(sandbox, min(time.monotonic() + patience_s, all_end)):
        due_at = clock.next_due_at
        if due_at is None or due_at >= until:
            break
        sandbox.clock_offset_s += max(0.0, due_at - clock.now()) + _AFTER_DUE_S
    sandbox.clock_offset_s = max(sandbox.clock_offset_s, moved_to)


def _is_done_by(sandbox: Installation, ends: float) -> bool:
    """Wait until the app has named its next due time and been silent for a while; False once `ends` is past."""

    def remaining_s() -> float:
        if sandbox.clock.is_overdue or not sandbox.is_idle:
            # The app names its next due time in a file, whose change nothing announces.
            return _LOOK_EVERY_S
        return _SILENCE_S - sandbox.silent_s

    try:
        wait_through(sandbox.workspace, remaining_s, ends - time.monotonic())
    except TimeoutError:
        return False
    return True
