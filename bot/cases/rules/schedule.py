"""A contract's calendar: on which hours of which days its clock runs, in its own time zone."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.errors import WatchfloorError

DAY_MIN = 24 * 60
# A schedule that is closed for longer than this is a mistake in the file.
LONGEST_SEARCH_DAYS = 3 * 366

# From one moment to another.
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
        """Does the clock never stop?"""
        return not self.hours and not self.holidays

    def open_spans(self, start: datetime) -> Iterator[Span]:
        """The spans in which the clock runs, in UTC and in their order, from `start` on.

        Local hours are turned into moments: on the day of a clock change a span is an hour shorter or longer.
        Raises `NeverOpen` when nothing is open for three years.
        """
        # Moments of one zone are compared by their local times: in UTC none comes twice.
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
    """A local time as a moment. A time that the clock change leaves out is taken as the moment of the change;
    of one that comes twice the first counts."""
    local = datetime.combine(
        day + timedelta(days=minute // DAY_MIN), time(minute % DAY_MIN // 60, minute % 60), zone
    )
    before, after = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    # Only in the hour that is left out does the second reading lie before the first.
    return _change_between(after, before, zone) if after < before else before


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """When the zone's offset changes, to the minute, between two moments that differ in it."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high
