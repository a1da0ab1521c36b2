"""Times as other systems write them."""

from datetime import UTC, datetime, timedelta

# A record becomes visible when its transaction ends, with the time of its change, so a little is read again.
LATE = timedelta(minutes=2)


def read(text: str | None) -> datetime | None:
    """`2026-11-26T01:01:20.353Z`, `2026-11-26T01:01:20.000+0000` or `2026-11-26 01:01:20`, which is UTC; None for
    nothing. Raises `ValueError`."""
    if not text:
        return None
    moment = datetime.fromisoformat(text.strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def required(text: str | None) -> datetime:
    """Likewise, but a missing time is an error. Raises `ValueError`."""
    moment = read(text)
    if moment is None:
        raise ValueError("a moment is missing")
    return moment


def iso(moment: datetime) -> str:
    """`2026-11-26T01:01:20.353Z`"""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
