"""Dates and times of exports as moments: a repeated 01:00 on the day of a clock change is another interval."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.sources.tabular.cells import NotReadable

# Excel counts days from here; its serial numbers treat 1900 as a leap year, which it was not.
EXCEL_EPOCH = date(1899, 12, 30)
SERIAL_LOW, SERIAL_HIGH = 30_000, 80_000
_NUMERIC = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_UNTIL = re.compile(r"(?:-|–|—|to|a)\s{0,9}(\d{1,2}:\d{2}.*)", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}.*")
DAY_S = 24 * 3600


def says_day_first(dates: Iterable[str]) -> bool | None:
    """Whether the day comes before the month. A day over 12 settles it; None if no date has one."""
    for text in dates:
        match = _NUMERIC.match(text.strip())
        if match and len(match[1]) <= 2:
            if int(match[1]) > 12:
                return True
            if int(match[2]) > 12:
                return False
    return None


def begins_with_day(text: str) -> bool:
    """Whether the text has a date, and not only a time of day."""
    return bool(_NUMERIC.match(text) or _SERIAL.fullmatch(text))


def read_date(text: str, *, day_first: bool) -> date:
    """Return a date from `26/11/2026`, `2026-11-26`, `11/26/2026` or Excel's 46347. Raises `NotReadable`."""
    text = text.strip()
    if _SERIAL.fullmatch(text) and SERIAL_LOW <= float(text.replace(",", ".")) <= SERIAL_HIGH:
        return EXCEL_EPOCH + timedelta(days=int(float(text.replace(",", "."))))
    match = _NUMERIC.match(text)
    if match is None or (len(match[1]) < 4 and len(match[3]) == 1):
        raise NotReadable(f"`{text[:40]}` is not a date")
    first, second, third = (int(part) for part in match.groups())
    if len(match[1]) == 4:
        year, month, day = first, second, third
    elif day_first:
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        raise NotReadable(f"`{text[:40]}` is not a date") from None


def read_time(text: str) -> time:
    """Return a time of day from `09:00`, `9:00:00`, `12:00 AM` (midnight) or `12:30 PM`. Raises `NotReadable`."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise NotReadable(f"`{text.strip()[:40]}` is not a time of day")
    hour, minute, half = int(match[1]), int(match[2]), (match[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise NotReadable(f"`{text.strip()[:40]}` is not a time of day")
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute, int(match[3] or 0))
    except ValueError:
        raise NotReadable(f"`{text.strip()[:40]}` is not a time of day") from None


def split_range(text: str) -> tuple[str, str]:
    """`09:00 - 09:30` as its two times; a time alone has no end."""
    until = _UNTIL.search(text.strip())
    begins = text.strip()[: until.start()].rstrip() if until else ""
    return (begins, until[1]) if until and ":" in begins else (text, "")


class Local(Struct, frozen=True):
    """The start of an interval as in the file: a local time of the site, or a moment with a zone."""

    at: datetime
    length_s: int | None = None

    @property
    def is_moment(self) -> bool:
        """Whether the time has a zone."""
        return self.at.tzinfo is not None


def read_start(date_text: str, time_text: str, *, day_first: bool, ignore_zone: bool = False) -> Local:
    """Return the start of an interval, from one cell or from a date and a time. A date alone means midnight."""
    full_text = f"{date_text.strip()} {time_text.strip()}".strip()
    if _ISO.fullmatch(full_text) and not split_range(time_text)[1]:
        return Local(_read_iso(full_text, ignore_zone=ignore_zone))
    day_text, _, rest = date_text.strip().partition(" ")
    clock = time_text.strip() or rest
    day = read_date(day_text, day_first=day_first)
    if not clock:
        return _serial_start(day_text, day)
    begin, end = split_range(clock)
    start = read_time(begin)
    length_s = None
    if end:
        length_s = (_seconds(read_time(end)) - _seconds(start)) % DAY_S or DAY_S
    return Local(datetime.combine(day, start), length_s)


def _serial_start(text: str, day: date) -> Local:
    serial = float(text.replace(",", ".")) if _SERIAL.fullmatch(text) else 0.0
    return Local(datetime.combine(day, time()) + timedelta(minutes=round(serial % 1 * 24 * 60)))


def _read_iso(text: str, *, ignore_zone: bool) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotReadable(f"`{text[:40]}` is not a date and time") from None
    # Some systems write a Z after local times.
    return at.replace(tzinfo=None) if ignore_zone else at


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


class Clock(Struct):
    """Converts a site's local times to moments, including in the night of a clock change."""

    zone: ZoneInfo
    _repeated: dict[tuple[object, datetime], int] = field(default_factory=dict)
    _known: dict[datetime, tuple[int, bool]] = field(default_factory=dict)

    def moment(self, at: datetime, of: object) -> int:
        """Return seconds since 1970. `of` is the queue; a local time that recurs for it is after the clock change.

        Raises `NotReadable` for a time that the clock skipped.
        """
        moment_and_ambiguity = self._known.get(at)
        if moment_and_ambiguity is None:
            moment_and_ambiguity = self._known[at] = self._look_up(at)
        moment, is_ambiguous = moment_and_ambiguity
        if not is_ambiguous:
            return moment
        times = self._repeated[of, at] = self._repeated.get((of, at), 0) + 1
        return moment if times == 1 else int(at.replace(tzinfo=self.zone, fold=1).timestamp())

    def is_repeated(self, at: datetime) -> bool:
        """Whether the clock shows that time twice."""
        return self._known[at][1]

    def _look_up(self, at: datetime) -> tuple[int, bool]:
        first = at if at.tzinfo else at.replace(tzinfo=self.zone)
        try:
            in_utc = first.astimezone(UTC)
        except OverflowError:
            # Some systems write 9999-12-31 for "never"; hours do not matter there.
            return int(at.replace(tzinfo=UTC).timestamp()), False
        if at.tzinfo:
            return int(at.timestamp()), False
        if in_utc.astimezone(self.zone).replace(tzinfo=None) != at:
            day = f"{at:%d %B %Y}".lstrip("0")
            raise NotReadable(f"there was no {at:%H:%M} on {day} in {self.zone.key}: the clock went forward")
        is_ambiguous = first.utcoffset() != at.replace(tzinfo=self.zone, fold=1).utcoffset()
        return int(first.timestamp()), is_ambiguous
