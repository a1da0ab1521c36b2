"""The time in tests: no test may depend on the hour, the weekday or the month in which it is run."""

from datetime import UTC, datetime
from pathlib import Path

# A Wednesday morning: far from midnight where people are, from a change of the clocks, and from the end of a month.
STARTS_AT = datetime(2026, 5, 13, 9, 7, 23, tzinfo=UTC)


def workday_clock(folder: Path, starts_at: datetime = STARTS_AT) -> Path:
    """Return the file of a sandbox's clock that starts at that moment; an existing one goes on."""
    clock = folder / "clock"
    if not clock.exists():
        clock.write_text(f"{(starts_at - datetime.now(UTC)).total_seconds()}\n")
    return clock
