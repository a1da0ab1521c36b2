"""Parses the start and end typed after `/incident declare afterwards`. Pure."""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from bot.incidents import rules
from bot.timeline.rules import TimeInFuture, read_time, zone_of

_DAY = r"\d{4}-\d{2}-\d{2}|yesterday|today"
_TIMES = re.compile(
    rf"""^(?P<title>.*?\S)\s(?:from\s|between\s)?
    (?:(?P<first_day>{_DAY})\s)?(?P<first_hour>\d{{1,2}})[:.](?P<first_minute>\d{{2}})
    \s?(?:-|–|—|\bto\b|\buntil\b|\btill\b|\band\b)\s?
    (?:(?P<last_day>{_DAY})\s)?(?P<last_hour>\d{{1,2}})[:.](?P<last_minute>\d{{2}})$""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


class Past(Struct, frozen=True):
    """An incident that is over, as typed: its title, start and end."""

    title: str
    started_at: datetime
    ended_at: datetime


def read_past(typed_text: str, timezone: str, now: datetime) -> Past | None:
    """`IVR down from 14:05 to 15:20` taken apart, the times in the writer's zone; None when it lacks one of them.

    A beginning without a day is the last such time that was, an end without a day the first one after it. Raises
    `NoSuchTime` and what `rules.check_past` raises.
    """
    match = _TIMES.match(" ".join(typed_text.split()))
    if match is None:
        return None
    try:
        started_at = read_time(match["first_day"], match["first_hour"], match["first_minute"], timezone, now)
        ended_at = _end(match, timezone, started_at, now)
    except TimeInFuture:
        raise rules.StillToCome() from None
    rules.check_past(started_at, ended_at, now)
    return Past(match["title"].rstrip(" ,;:.–—-"), started_at, ended_at)


def _end(match: re.Match[str], timezone: str, started_at: datetime, now: datetime) -> datetime:
    if match["last_day"]:
        return read_time(match["last_day"], match["last_hour"], match["last_minute"], timezone, now)
    day = started_at.astimezone(zone_of(timezone)).date()
    ends = (
        read_time((day + timedelta(days=days)).isoformat(), match["last_hour"], match["last_minute"], timezone, now)
        for days in (0, 1)
    )
    return next(at for at in ends if at > started_at)
