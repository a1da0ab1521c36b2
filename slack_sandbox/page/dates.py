"""Times as shown by the reader's own clock and calendar."""

import re
from datetime import UTC, datetime, tzinfo

_TOKEN = re.compile(r"\{(\w+)\}")


def moment(seconds: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def clock_time(at: datetime) -> str:
    """For example 9:05 AM."""
    return f"{at.hour % 12 or 12}:{at:%M %p}"


def near(at: datetime, now: datetime) -> str:
    """For example 9:05 AM, with the day unless it is today."""
    return clock_time(at) if at.date() == now.date() else f"{day_heading(at, now)}, {clock_time(at)}"


def day_heading(at: datetime, now: datetime) -> str:
    """Today, Yesterday, or Friday, November 20th; with the year only if it is another one."""
    named = _relative_day(at, now)
    if named:
        return named
    heading = f"{at:%A}, {at:%B} {_ordinal(at.day)}"
    return heading if at.year == now.year else f"{heading}, {at.year}"


def length(seconds: float) -> str:
    """For example 1 h 05 min."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def ago(at: datetime, now: datetime) -> str:
    """The time before `now` in the largest unit that fits; the future reads "in 5 minutes"."""
    seconds = (now - at).total_seconds()
    amount = _amount(abs(seconds))
    if amount == "now":
        return "just now"
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def filled(form: str, at: datetime, now: datetime) -> str:
    """`form` with its {date} and {time} tokens filled in; a token Slack does not have stays as it is."""
    return _TOKEN.sub(lambda token: _token(token[1], at, now) or token[0], form)


def _token(name: str, at: datetime, now: datetime) -> str | None:
    if name.endswith("_pretty") or name == "day_divider_pretty":
        return _pretty(name, at, now)
    if name == "ago":
        return ago(at, now)
    if name == "time":
        return clock_time(at)
    if name == "time_secs":
        return f"{at.hour % 12 or 12}:{at:%M:%S %p}"
    return _day(name, at)


def _pretty(name: str, at: datetime, now: datetime) -> str | None:
    named = _relative_day(at, now)
    return named.lower() if named else _day(name.removesuffix("_pretty"), at)


def _day(name: str, at: datetime) -> str | None:
    match name:
        case "date_num":
            return f"{at:%Y-%m-%d}"
        case "date" | "day_divider":
            return f"{at:%B} {_ordinal(at.day)}, {at.year}"
        case "date_short":
            return f"{at:%b} {at.day}, {at.year}"
        case "date_long":
            return f"{at:%A}, {at:%B} {_ordinal(at.day)}, {at.year}"
        case _:
            return None


def _relative_day(at: datetime, now: datetime) -> str:
    return {0: "Today", 1: "Yesterday", -1: "Tomorrow"}.get((now.date() - at.date()).days, "")


def _ordinal(day: int) -> str:
    suffix = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def _amount(seconds: float) -> str:
    for unit, length_s in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(seconds // length_s)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "now"
