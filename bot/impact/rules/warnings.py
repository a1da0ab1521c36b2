"""Alerts on a queue's service level: below 80 % of its goal once, below 60 % of it twice, and recovery."""

from enum import StrEnum

from msgspec import Struct

WARNING_SHARE, CRITICAL_SHARE, CRITICAL_AFTER = 0.8, 0.6, 2
# In floating point, 0.8 × 0.8 is a little more than 0.64.
TOLERANCE = 1e-9


class Alert(StrEnum):
    """A queue's alert state."""

    FINE = ""
    WARNING = "warning"
    CRITICAL = "critical"


class Watch(Struct, frozen=True):
    """A queue's state so far: its alert, and how many intervals in a row were below the critical line."""

    alert: Alert = Alert.FINE
    low_in_a_row: int = 0


def watch(before: Watch, level: float | None, target: float) -> Watch:
    """The state after one more interval; `level` and `target` are shares of 1. An unknown level changes nothing.

    Warning below 80 % of the goal, critical below 60 % of it for the second interval in a row; recovered when back
    at the warning line or above it.
    """
    if level is None:
        return before
    low = before.low_in_a_row + 1 if level < CRITICAL_SHARE * target - TOLERANCE else 0
    if low >= CRITICAL_AFTER:
        return Watch(Alert.CRITICAL, low)
    if level >= WARNING_SHARE * target - TOLERANCE:
        return Watch(Alert.FINE, 0)
    # Between the lines, a critical queue stays critical: it is neither worse nor recovered.
    return Watch(before.alert or Alert.WARNING, low)
