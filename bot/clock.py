"""The only reader of the clock. Everything else is given the time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None


def follow(offset_file: Path | None) -> None:
    """Shift the clock by the seconds written in `offset_file`: an hour can then be lived in a minute."""
    global _offset_file
    _offset_file = offset_file


def utcnow() -> datetime:
    """Now, in UTC, with its time zone."""
    return datetime.now(UTC) + _offset()


def _offset() -> timedelta:
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text() or 0))
    except (FileNotFoundError, ValueError):
        # The file is written by another process, perhaps not yet: no shift is the safe reading.
        return timedelta()
