"""The only module that reads the clock. All others are given the time."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None
# The clock's shift at the start, and how far it has been moved forward since.
_first_offset_s = 0.0
_farthest_s = 0.0


def use_offset_file(offset_file: Path | None) -> None:
    """Shift the clock by the seconds written in `offset_file`: an hour can then pass in a minute."""
    global _offset_file, _first_offset_s, _farthest_s
    _offset_file, _farthest_s = offset_file, 0.0
    _first_offset_s = _offset().total_seconds()


def utcnow() -> datetime:
    """The current time in UTC, with its time zone."""
    return machine_time() + _offset()


def is_shifted() -> bool:
    """True if the clock is moved from outside."""
    return _offset_file is not None


def monotonic_s() -> float:
    """Seconds for measuring durations: they never decrease, even when the clock is set back."""
    global _farthest_s
    _farthest_s = max(_farthest_s, _offset().total_seconds() - _first_offset_s)
    return time.monotonic() + _farthest_s


def elapsed_s() -> float:
    """Seconds for measuring real time, even when the clock is moved."""
    return time.monotonic()


def machine_time() -> datetime:
    """The machine's own time, not shifted by the offset file: for comparing with times recorded by others."""
    return datetime.now(UTC)


def _offset() -> timedelta:
    if _offset_file is None:
        return timedelta()
    try:
        # Read at every look at the clock; reading bytes, without a decoder, takes a fifth of the time.
        with _offset_file.open("rb", buffering=0) as file:
            return timedelta(seconds=float(file.read() or 0))
    except (FileNotFoundError, ValueError):
        # Another process writes the file, perhaps not yet: no shift is the safe assumption.
        return timedelta()


def publish_next_due(next_due_at: datetime | None) -> None:
    """Write the next due time to a file beside the offset file, so that whatever moves the clock can jump to it.

    Does nothing when the clock is not shifted from outside. The file holds seconds since 1970, or nothing.
    """
    if _offset_file is None:
        return
    due_file = _offset_file.with_name(f"{_offset_file.name}.due")
    content = f"{next_due_at.timestamp():.0f}" if next_due_at else ""
    if not due_file.exists() or due_file.read_text() != content:
        due_file.write_text(content)
