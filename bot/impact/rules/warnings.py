"""Alerts on a queue's service level: below 80 % of its goal once, below 60 % of it twice, and recovery."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from bot.impact.rules.assessment import Level
from bot.impact.rules.figures import Amount

WARNING_SHARE, CRITICAL_SHARE, CRITICAL_AFTER = 0.8, 0.6, 2
# In floating point, 0.8 × 0.8 is a little more than 0.64.
TOLERANCE = 1e-9


class Alert(StrEnum):
    """A queue's alert state."""

    FINE = ""
    WARNING = "warning"
    CRITICAL = "critical"


class Watch(Struct, frozen=True):
    """A queue's alert so far, and what is needed to evaluate its last interval again, which may be corrected.

    `low_before` counts the intervals in a row that were below the critical line before the last one with a known
    level; that one starts at `last_at` and has `level`.
    """

    alert: Alert = Alert.FINE
    low_before: int = 0
    last_at: int = 0
    level: Amount = None


def watch(before: Watch, levels: Iterable[Level], target: float) -> Watch:
    """The state after these intervals, in order; `target` is a share of 1.

    Warning below 80 % of the goal, critical below 60 % of it for the second interval in a row; recovered when back
    at the warning line or above it. An interval with an unknown level changes nothing: its level may come later.
    """
    state, low = before, before.low_before
    for starts_at, level in levels:
        if level is not None and starts_at >= before.last_at:
            low_before, low = low, low + 1 if level < CRITICAL_SHARE * target - TOLERANCE else 0
            state = Watch(_alert(state.alert, level, low, target), low_before, starts_at, level)
    return state


def _alert(before: Alert, level: float, low_in_a_row: int, target: float) -> Alert:
    if low_in_a_row >= CRITICAL_AFTER:
        return Alert.CRITICAL
    if level >= WARNING_SHARE * target - TOLERANCE:
        return Alert.FINE
    # Between the lines, a critical queue stays critical: it is neither worse nor recovered.
    return before or Alert.WARNING
