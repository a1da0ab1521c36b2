"""Rules for follow-ups: valid values, times of reminders, and parsing of the one-line form. Pure."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.errors import WatchfloorError
from bot.slack.text import to_plain_text
from bot.timeline.rules import zone_of

MAX_TEXT = 1000
MAX_LINK = 500
MAX_DAYS_AHEAD = timedelta(days=2 * 366)
# It may be done at any time on its due day.
LATE_AFTER = timedelta(days=1)
REMINDERS_WHEN_LATE = 6
SATURDAY = 5
ONE_DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# What people type for a day, readable or not, as the last words after "by".
DAY = (
    r"(?:(?:next|this|the|end|of)\s+){0,4}(?:today|tonight|tomorrow|yesterday|week|month|eo[dwm]|(?:mon|tue|wed|thu|fri)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    rf"|\d{{1,4}}[-./]\d{{1,2}}(?:[-./]\d{{1,4}})?|{MONTH}\s+\d{{1,4}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH}"
)


class Kind(StrEnum):
    """The purpose of a follow-up."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"
    DOCUMENT = "document"


class State(StrEnum):
    """The state of a follow-up."""

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


class TextMissing(WatchfloorError):
    """Please say what is to be done, such as
    `/incident followup @ana prevent: alarm on trunk errors by 2030-01-31`; the form has a field for it."""


class UnknownKind(WatchfloorError):
    """`{given}` is not a kind of follow-up. Choose from prevent, detect, mitigate, process and document."""


class DayIsOver(WatchfloorError):
    """{given} has passed. Choose today or a later day."""


class DayTooFar(WatchfloorError):
    """{given} is more than two years away. Choose an earlier day; it can be moved later."""


class NoSuchDay(WatchfloorError):
    """`{given}` is not a day that I can read. Write it like `2030-01-31`, `tomorrow` or `friday`."""


class NotALink(WatchfloorError):
    """A link begins with https:// or http:// and has at most 500 characters."""


class ReminderPlan(Struct, frozen=True):
    """When owners are reminded: time of day, lead time, interval afterwards, and whether on weekends."""

    at: time
    before: timedelta | None
    every: timedelta | None
    on_weekends: bool = False


class TypedFollowUp(Struct, frozen=True):
    """The parsed arguments of `/incident followup`."""

    text: str
    # A user's id, or `@name` as typed.
    owner: str = ""
    kind: str = ""
    due_on: date | None = None


def parse_follow_up(raw: str, today: date) -> TypedFollowUp:
    """`<@U1> prevent: alarm on trunk errors by 2030-01-31` taken apart; all but the words may be left out.

    `today` is that of the person who typed it.
    """
    owner, rest = _split_owner(raw.strip())
    text = clean_text(to_plain_text(rest, lambda user_id: None))
    kind, text = _split_kind(text)
    match = re.fullmatch(rf"(.*\S)\s+by\s+({DAY})\.?", text, re.IGNORECASE)
    due_on = _read_named_day(match[2], today) if match else None
    return TypedFollowUp(check_text(match[1] if match else text), owner, kind, due_on)


def _split_owner(raw: str) -> tuple[str, str]:
    match = re.match(r"(?:<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>|(@[\w.-]+))(?:\s+|$)", raw)
    return (match[1] or match[2], raw[match.end() :]) if match else ("", raw)


def _split_kind(text: str) -> tuple[str, str]:
    typed_kind, colon, rest = text.partition(":")
    return (typed_kind.lower(), rest.strip()) if colon and typed_kind.lower() in list(Kind) else ("", text)


def clean_text(text: str) -> str:
    """Return the text on one line, without control characters, cut to 1,000 characters."""
    printable = "".join(letter if letter.isprintable() or letter in "\u200c\u200d" else " " for letter in text)
    return " ".join(printable.split())[:MAX_TEXT]


def check_text(text: str) -> str:
    """Return the text. Raises `TextMissing` if it is empty."""
    if not text:
        raise TextMissing()
    return text


def read_kind(typed: str) -> str:
    """Return a kind, or an empty string. Raises `UnknownKind`."""
    if typed and typed not in list(Kind):
        raise UnknownKind(given=_quoted(typed))
    return typed


def read_link(typed: str) -> str:
    """Return a web address, or an empty string. Raises `NotALink`."""
    link = typed.strip()
    if link and (len(link) > MAX_LINK or not re.fullmatch(r"https?://[^\s<>|\"]+", link)):
        raise NotALink()
    return link


def read_day(typed: str) -> date:
    """Return a day written as `2030-01-31`. Raises `NoSuchDay`."""
    try:
        year, month, day = (int(part) for part in typed.strip().split("-"))
        return date(year, month, day)
    except ValueError:
        raise NoSuchDay(given=_quoted(typed)) from None


def _read_named_day(typed: str, today: date) -> date:
    """Return a day written as `tomorrow`, as the next such day of the week, or as `2030-01-31`."""
    name = typed.lower()
    for days, relative_name in ((0, "today"), (1, "tomorrow"), (-1, "yesterday")):
        if name == relative_name:
            return today + timedelta(days=days)
    for weekday, full_name in enumerate(WEEKDAYS):
        if name in (full_name, full_name[:3]):
            return today + timedelta(days=(weekday - today.weekday()) % len(WEEKDAYS))
    return read_day(typed)


def _quoted(typed: str) -> str:
    return re.sub(r"[<>&`]", " ", typed).strip()[:40] or "…"


def check_day(day: date, today: date) -> date:
    """Return the day unless it has passed or is over two years away; `today` is that of the user who chose it."""
    if day < today:
        raise DayIsOver(given=f"{day:%Y-%m-%d}")
    if day - today > MAX_DAYS_AHEAD:
        raise DayTooFar(given=f"{day:%Y-%m-%d}")
    return day


def time_of_day_in_zone(day: date, at: time, zone_name: str) -> datetime:
    """Return a local time on a day as UTC; the local time stays the same when the clocks change."""
    return datetime.combine(day, at, zone_of(zone_name)).astimezone(UTC)


def today(now: datetime, zone_name: str) -> date:
    return now.astimezone(zone_of(zone_name)).date()


def is_late(due_at: datetime, now: datetime) -> bool:
    """True if it was due at least `LATE_AFTER` ago."""
    return now - due_at >= LATE_AFTER


def next_reminder(due_on: date, zone_name: str, plan: ReminderPlan, now: datetime) -> datetime | None:
    """Return the first reminder after `now`: before the day, on it, then at intervals, at most six times, or None.

    Missed reminders are skipped, not replayed. Unless the plan allows weekends, a reminder on one moves to Monday.
    """
    moments = (time_of_day_in_zone(_working_day(day, plan), plan.at, zone_name) for day in _days(due_on, plan))
    return next((moment for moment in moments if moment > now), None)


def _days(due_on: date, plan: ReminderPlan) -> Iterator[date]:
    if plan.before is not None:
        yield due_on - plan.before
    yield due_on
    if plan.every is not None:
        for times in range(1, REMINDERS_WHEN_LATE + 1):
            yield due_on + plan.every * times


def _working_day(day: date, plan: ReminderPlan) -> date:
    if plan.on_weekends or day.weekday() < SATURDAY:
        return day
    return day + (7 - day.weekday()) * ONE_DAY


def last_weekly(weekday: int, at: time, zone_name: str, now: datetime) -> datetime:
    """Return the latest moment up to `now` with that time on that weekday (Monday is 0) in that zone."""
    local_day = today(now, zone_name)
    day = local_day - timedelta(days=(local_day.weekday() - weekday) % 7)
    moment = time_of_day_in_zone(day, at, zone_name)
    return moment if moment <= now else time_of_day_in_zone(day - timedelta(days=7), at, zone_name)
