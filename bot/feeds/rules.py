"""When a source is read next, and whether its data is old. Pure."""

from datetime import datetime, timedelta

BACKOFF_FIRST = timedelta(seconds=30)
BACKOFF_LONGEST = timedelta(minutes=30)
MOST_DOUBLINGS = 8
# A source is behind after this many missed reads, but not before this time has passed.
MISSED_READS = 3
BEHIND_AT_LEAST = timedelta(minutes=5)


def next_read(every: timedelta, due_at: datetime, now: datetime) -> datetime:
    """The first scheduled time after `now`; missed reads are not made up for."""
    missed = max((now - due_at) // every, 0)
    return due_at + (missed + 1) * every


def retry_at(failures: int, wait_s: float | None, now: datetime) -> datetime:
    """When to retry after that many failures: as the source asked, else after 30 s, doubling up to 30 minutes."""
    if wait_s is not None:
        return now + timedelta(seconds=wait_s)
    wait: timedelta = BACKOFF_FIRST * 2 ** min(max(failures - 1, 0), MOST_DOUBLINGS)
    return now + min(wait, BACKOFF_LONGEST)


def is_behind(every: timedelta, read_at: datetime | None, now: datetime) -> bool:
    """True if it has not been read for so long that readers must be told the age of the data."""
    return read_at is None or now - read_at > max(every * MISSED_READS, BEHIND_AT_LEAST)


def age(read_at: datetime | None, now: datetime) -> str:
    """`3 min old`, `2 h 05 min old`, `never read`."""
    if read_at is None:
        return "never read"
    minutes = max(int((now - read_at).total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min old" if hours else f"{minutes} min old"
