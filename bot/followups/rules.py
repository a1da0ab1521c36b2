"""What a follow-up may be, when its owner is reminded, and how one is typed in one line. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import WatchfloorError
from bot.slack.text import spoken

LONGEST_WORDS = 1000
LONGEST_LINK = 500
FARTHEST = timedelta(days=2 * 366)
# It may be done all through the day it is due on.
LATE_AFTER = timedelta(days=1)
REMINDERS_WHEN_LATE = 6
SATURDAY = 5
ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a follow-up is for."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"
    DOCUMENT = "document"


class State(StrEnum):
    """Where a follow-up stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


MEANINGS = {
    Kind.PREVENT: "It does not happen again",
    Kind.DETECT: "It is noticed sooner",
    Kind.MITIGATE: "It hurts less, or for a shorter time",
    Kind.PROCESS: "People work together better",
    Kind.DOCUMENT: "It is written down",
}


class WordsMissing(WatchfloorError):
    """Please say what is to be done, such as
    `/incident followup @ana prevent: alarm on trunk errors by 2030-01-31`; the form has a field for it."""


class UnknownKind(WatchfloorError):
    """`{given}` is not a kind of follow-up. There are prevent, detect, mitigate, process and document."""


class DayIsOver(WatchfloorError):
    """{given} is over already. Choose today or a later day."""


class DayTooFar(WatchfloorError):
    """{given} is more than two years away. Choose an earlier day; it can be moved later."""


class NoSuchDay(WatchfloorError):
    """`{given}` is not a day. Write it like 2030-01-31."""


class NotALink(WatchfloorError):
    """A link begins with https:// or http:// and has at most 500 characters."""


@dataclass(frozen=True)
class Plan:
    """When owners are reminded: at what time of day, how long before, how often after, on weekends or not."""

    at: time
    before: timedelta | None
    every: timedelta | None
    on_weekends: bool = False


@dataclass(frozen=True)
class Typed:
    """What stands behind `/incident followup`."""

    words: str
    # A user's id, or `@name` as it was typed.
    owner: str = ""
    kind: str = ""
    due_on: date | None = None


def read(raw: str) -> Typed:
    """`<@U1> prevent: alarm on trunk errors by 2030-01-31` taken apart; all but the words may be left out."""
    owner, rest = _owner(raw.strip())
    words = clean(spoken(rest, lambda user_id: None))
    kind, words = _kind(words)
    found = re.fullmatch(r"(.*\S)\s+by\s+(\d{4}-\d{1,2}-\d{1,2})", words)
    due_on = read_day(found[2]) if found else None
    return Typed(check_words(found[1] if found else words), owner, kind, due_on)


def _owner(raw: str) -> tuple[str, str]:
    found = re.match(r"(?:<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|(@[\w.-]+))(?:\s+|$)", raw)
    return (found[1] or found[2], raw[found.end() :]) if found else ("", raw)


def _kind(words: str) -> tuple[str, str]:
    first, colon, rest = words.partition(":")
    return (first.lower(), rest.strip()) if colon and first.lower() in list(Kind) else ("", words)


def clean(words: str) -> str:
    """Words on one line, without control characters, at most 1,000 characters."""
    printable = "".join(letter if letter.isprintable() or letter in "\u200c\u200d" else " " for letter in words)
    return " ".join(printable.split())[:LONGEST_WORDS]


def check_words(words: str) -> str:
    """The words, unless there are none."""
    if not words:
        raise WordsMissing()
    return words


def read_kind(given: str) -> str:
    """One of the kinds, or nothing."""
    if given and given not in list(Kind):
        raise UnknownKind(given=_quoted(given))
    return given


def read_link(given: str) -> str:
    """A web address, or nothing."""
    link = given.strip()
    if link and (len(link) > LONGEST_LINK or not re.fullmatch(r"https?://[^\s<>|\"]+", link)):
        raise NotALink()
    return link


def read_day(given: str) -> date:
    """A day written `2030-01-31`."""
    try:
        year, month, day = (int(part) for part in given.strip().split("-"))
        return date(year, month, day)
    except ValueError:
        raise NoSuchDay(given=_quoted(given)) from None


def _quoted(given: str) -> str:
    return re.sub(r"[<>&`]", " ", given).strip()[:40] or "…"


def check_day(day: date, today: date) -> date:
    """The day, unless it is over or more than two years away; `today` is that of who chose it."""
    if day < today:
        raise DayIsOver(given=f"{day:%Y-%m-%d}")
    if day - today > FARTHEST:
        raise DayTooFar(given=f"{day:%Y-%m-%d}")
    return day


def zone(name: str) -> ZoneInfo:
    """The time zone of that name; UTC when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def morning(day: date, at: time, zone_name: str) -> datetime:
    """That time of that day where the owner lives, in UTC: it stays the same on the wall when the clocks change."""
    return datetime.combine(day, at, zone(zone_name)).astimezone(UTC)


def today(now: datetime, zone_name: str) -> date:
    """The day it is there."""
    return now.astimezone(zone(zone_name)).date()


def is_late(due_at: datetime, now: datetime) -> bool:
    """Is the day it was due on over?"""
    return now - due_at >= LATE_AFTER


def next_reminder(due_on: date, zone_name: str, plan: Plan, now: datetime) -> datetime | None:
    """The first reminder after `now`: before the day, on it, then every so often, at most six times; None after.

    Reminders that were missed are skipped, not replayed. Unless the plan says so, none falls on a weekend: it waits
    for Monday.
    """
    moments = (morning(_working(day, plan), plan.at, zone_name) for day in _days(due_on, plan))
    return next((moment for moment in moments if moment > now), None)


def _days(due_on: date, plan: Plan) -> Iterator[date]:
    if plan.before is not None:
        yield due_on - plan.before
    yield due_on
    if plan.every is not None:
        for times in range(1, REMINDERS_WHEN_LATE + 1):
            yield due_on + plan.every * times


def _working(day: date, plan: Plan) -> date:
    if plan.on_weekends or day.weekday() < SATURDAY:
        return day
    return day + (7 - day.weekday()) * ONE_DAY


def last_weekly(weekday: int, at: time, zone_name: str, now: datetime) -> datetime:
    """The newest moment not after `now` at which it was that time on that weekday (Monday is 0) in that zone."""
    here = today(now, zone_name)
    day = here - timedelta(days=(here.weekday() - weekday) % 7)
    moment = morning(day, at, zone_name)
    return moment if moment <= now else morning(day - timedelta(days=7), at, zone_name)
