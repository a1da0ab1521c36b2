"""When an update is due and what was missed. Pure."""

from datetime import datetime, timedelta

LATE_AFTER = timedelta(minutes=2)


def first_update_due(cadence: timedelta, now: datetime) -> datetime:
    """The first promise: one cadence from `now`."""
    return now + cadence


def next_update_due(cadence: timedelta, promised_at: datetime, now: datetime) -> datetime:
    """The first promised time after `now`; times that were missed are skipped, not replayed."""
    missed = max(0, (now - promised_at) // cadence)
    return promised_at + (missed + 1) * cadence


def missed_updates(cadence: timedelta, promised_at: datetime, now: datetime) -> int:
    """How many promised times passed without an update; one that is at most two minutes late was not missed."""
    late = now - promised_at
    return 0 if late <= LATE_AFTER else late // cadence + 1


def retimed(due_at: datetime, old: timedelta | None, new: timedelta, now: datetime) -> datetime:
    """When the next update comes after the cadence changed: counted from the last one, but never in the past.

    `old` is the cadence that `due_at` was promised under; None when there was no promise yet.
    """
    last = due_at - old if old else now
    return max(last + new, now + min(new, LATE_AFTER))
