"""Reads rosters from iCalendar files: recurring shifts with exceptions, each occurrence in its own time zone."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.shifts.reading.rows import (
    ENDS_BEFORE,
    MOST_SHIFTS,
    Defaults,
    LeftOut,
    ReadShift,
    RosterTooLong,
    RosterUnreadable,
    objection,
    read_line,
)

TOO_OFTEN = ("SECONDLY", "MINUTELY")
OF_SERIES = ("RRULE", "RDATE", "RECURRENCE-ID")
NO_CALENDAR = "it is not an iCalendar file, which begins with `BEGIN:VCALENDAR`"
ALL_DAY = "is an all-day entry and covers no time; give it a start and an end"


def read_calendar(
    name: str, content: bytes, defaults: Defaults, start: datetime, end: datetime
) -> Iterator[ReadShift | LeftOut]:
    """Every shift that touches the time from `start` to `end`. Raises `RosterUnreadable`, `RosterTooLong`."""
    # Imported here, so that a bot without calendars starts a tenth of a second sooner.
    import recurring_ical_events
    from icalendar import Calendar

    try:
        calendar: Any = Calendar.from_ical(content)
    except (ValueError, IndexError, KeyError) as error:
        raise RosterUnreadable(name=name, reason=NO_CALENDAR) from error
    if calendar.name != "VCALENDAR":
        raise RosterUnreadable(name=name, reason=NO_CALENDAR)
    defaults = _with_zone(calendar, defaults)
    yield from _without_unusable(calendar)
    # An exported day, or an invitation to a single occurrence, has moved occurrences without their series.
    series = {str(event.get("UID", "")) for event in calendar.events if any(name in event for name in OF_SERIES)}
    occurrences = recurring_ical_events.of(calendar, skip_bad_series=True)
    for count, event in enumerate(occurrences.between(start, end)):
        if count >= MOST_SHIFTS:
            raise RosterTooLong(name=name, most=MOST_SHIFTS)
        if (result := _read_event(event, defaults, series)) is not None:
            yield result


def _with_zone(calendar: Any, defaults: Defaults) -> Defaults:
    """The defaults with the zone that the calendar names, if any, for times without one."""
    zone_name = str(calendar.get("X-WR-TIMEZONE") or "")
    try:
        zone = ZoneInfo(zone_name).key if zone_name else defaults.zone
    except (ValueError, OSError, LookupError):
        zone = defaults.zone
    return Defaults(zone, defaults.role, defaults.region, defaults.roles, defaults.people)


def _without_unusable(calendar: Any) -> Iterator[LeftOut]:
    """Remove entries that cannot be expanded from the calendar; yield each with its reason."""
    usable_components = []
    for component in calendar.subcomponents:
        reason = _unusable(component) if component.name == "VEVENT" else ""
        if reason:
            yield LeftOut(_title(component), reason)
        else:
            usable_components.append(component)
    calendar.subcomponents = usable_components


def _unusable(event: Any) -> str:
    if event.errors:
        field, _ = event.errors[0]
        return f"has a {field} that cannot be read"
    if "DTSTART" not in event:
        return "has no start"
    if "DTEND" in event and _is_before(event["DTEND"].dt, event["DTSTART"].dt):
        # The library drops such entries silently.
        return ENDS_BEFORE
    rules = event.get("RRULE")
    for rule in rules if isinstance(rules, list) else [rules] if rules else []:
        frequency = str((rule.get("FREQ") or [""])[0]).upper()
        if frequency in TOO_OFTEN:
            return f"repeats {frequency.lower()}; no shift does"
    return ""


def _is_before(end: Any, start: Any) -> bool:
    try:
        return bool(end <= start)
    except TypeError:  # a day and a time, or a time with a zone and one without
        return False


def _title(event: Any) -> str:
    return " ".join(str(event.get("SUMMARY") or event.get("UID") or "an entry without a title").split())[:120]


def _read_event(event: Any, defaults: Defaults, series: Collection[str]) -> ReadShift | LeftOut | None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return LeftOut(f"{_title(event)}, {start:%d %B %Y}", ALL_DAY)
    starts_at, ends_at = (_moment(each, defaults.zone) for each in (start, end))
    where = f"{_title(event)}, {start:%d %B %Y}"
    line = read_line(str(event.get("SUMMARY", "")), defaults, _attendee(event))
    reason = line if isinstance(line, str) else objection(starts_at, ends_at)
    if reason or isinstance(line, str):
        return LeftOut(where, reason)
    zone = getattr(start.tzinfo, "key", "") or defaults.zone
    site = " ".join(str(event.get("LOCATION", "")).split())[:100]
    return ReadShift(
        _external_id(event, defaults, series), line.person, line.role, line.region, site, zone, starts_at, ends_at
    )


def _moment(local: datetime, zone: str) -> datetime:
    """The time in UTC; one without a zone is in the zone of the roster."""
    return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _external_id(event: Any, defaults: Defaults, series: Collection[str]) -> str:
    """An id of the entry and, in a series, of the occurrence, by its original start even if it was moved."""
    uid = str(event.get("UID", ""))
    if uid and uid not in series:
        return uid
    original = event["RECURRENCE-ID"].dt if "RECURRENCE-ID" in event else event["DTSTART"].dt
    occurrence_start = _moment(original, defaults.zone) if isinstance(original, datetime) else original
    return f"{uid} {occurrence_start:%Y%m%dT%H%M}"


def _attendee(event: Any) -> str:
    attendees = event.get("ATTENDEE") or ()
    first_attendee = attendees[0] if isinstance(attendees, list) and attendees else attendees
    return str(first_attendee).lower().removeprefix("mailto:") if first_attendee else ""
