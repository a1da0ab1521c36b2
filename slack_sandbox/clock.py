"""The workspace's clock: real time plus an offset that a test or the page can move.

The offset is mirrored in a file, for an app that wants to share this time. Such an app may write the time of its
next work to `<file>.due` beside it: seconds since 1970, or nothing.
"""

import time
from pathlib import Path
from threading import Lock


class Clock:
    """Tells the time and mints message timestamps, which are unique and always increase."""

    def __init__(self, mirror: Path | None = None) -> None:
        self._mirror = mirror
        self._offset_s = _kept_offset_s(mirror)
        self._last_us = 0
        self._lock = Lock()
        if mirror is not None:
            self._write()

    @property
    def offset_s(self) -> float:
        return self._offset_s

    @offset_s.setter
    def offset_s(self, value: float) -> None:
        self._offset_s = value
        self._write()

    def now(self) -> float:
        return time.time() + self._offset_s

    @property
    def next_due_at(self) -> float | None:
        """When the app next has something to do; None if it has not said, or that time has come."""
        said_at = _said_due_at(self._mirror)
        return said_at if said_at is not None and said_at > self.now() else None

    @property
    def is_overdue(self) -> bool:
        """True if the app's next due time has passed and it has not named another one."""
        said_at = _said_due_at(self._mirror)
        return said_at is not None and said_at <= self.now()

    def ts(self) -> str:
        """The next message timestamp, in Slack's form: seconds, a point, six digits."""
        with self._lock:
            self._last_us = max(self._last_us + 1, int(self.now() * 1_000_000))
            return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def restart(self) -> None:
        """Return to real time, also for message timestamps; only for an emptied workspace."""
        self._last_us = 0
        self.offset_s = 0.0

    def resume_after(self, ts: str) -> None:
        """Keep timestamps increasing after messages that were loaded from a file."""
        seconds, _, micros = ts.partition(".")
        self._last_us = max(self._last_us, int(seconds) * 1_000_000 + int(micros or 0))

    def _write(self) -> None:
        if self._mirror is None:
            return
        draft = self._mirror.with_suffix(".tmp")
        draft.write_text(f"{self._offset_s}\n")
        draft.replace(self._mirror)


def _kept_offset_s(mirror: Path | None) -> float:
    """The offset saved by an earlier run of this workspace."""
    if mirror is None or not mirror.exists():
        return 0.0
    return float(mirror.read_text() or 0)


def _said_due_at(mirror: Path | None) -> float | None:
    if mirror is None:
        return None
    try:
        return float(mirror.with_name(f"{mirror.name}.due").read_text())
    except (FileNotFoundError, ValueError):
        # Another process writes the file: it may not exist yet, or be empty.
        return None
