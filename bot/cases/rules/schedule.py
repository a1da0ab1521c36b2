"""A contract's calendar: the hours and days on which its clock runs, in its own time zone."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.errors import WatchfloorError

DAY_MIN = 24 * 60
# A schedule that is closed for longer than this is an error in floor.yaml.
LONGEST_SEARCH_DAYS = 3 * 366

# Start and end.
Span = tuple[datetime, datetime]


class NeverOpen(WatchfloorError):
    """This schedule has no hours within three years, so that no deadline can be computed. Look at its days and
    holidays in floor.yaml."""

    es = (
        "Ese horario no tiene horas en tres años, así que no se puede calcular ningún plazo. "
        "Revisa sus días y festivos en floor.yaml."
    )


class Schedule(Struct, frozen=True):
    """`hours`: by weekday (Monday is 0), from and until in minutes of the local day. Without any the clock never
    stops. `holidays` are local days on which it stands still."""

    zone: str = "UTC"
    hours: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    @property
    def is_always(self) -> bool:
        """True if the clock never stops."""
        return not self.hours and not self.holidays

    def open_spans(self, start: datetime) -> Iterator[Span]:
        """The spans in which the clock runs from `start` on, in UTC and in chronological order.

        Local hours are converted to moments, so on the day of a clock change a span is an hour shorter or longer.
        Raises `NeverOpen` if nothing is open for three years.
        """
        # Python compares moments of one zone by local time, which may repeat; in UTC no time comes twice.
        zone, start = ZoneInfo(self.zone), start.astimezone(UTC)
        day, closed_days = start.astimezone(zone).date(), 0
        while closed_days < LONGEST_SEARCH_DAYS:
            closed_days += 1
            for begins, ends in self._hours_of(day):
                span = max(_moment(day, begins, zone), start), _moment(day, ends, zone)
                if span[0] < span[1]:
                    closed_days = 0
                    yield span
            day += timedelta(days=1)
        raise NeverOpen()

    def _hours_of(self, day: date) -> tuple[tuple[int, int], ...]:
        if day in self.holidays:
            return ()
        return self.hours.get(day.weekday(), ()) if self.hours else ((0, DAY_MIN),)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A local time as a moment. A time skipped by a clock change becomes the moment of the change; of a repeated
    time, the first counts."""
    local = datetime.combine(
        day + timedelta(days=minute // DAY_MIN), time(minute % DAY_MIN // 60, minute % 60), zone
    )
    before, after = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    # The fold=1 reading is earlier than the fold=0 reading only in a skipped hour.
    return _change_between(after, before, zone) if after < before else before


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """When the zone's offset changes, to the minute, between two moments with different offsets."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high
