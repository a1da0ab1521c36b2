"""The periods of reports: days, weeks and months of a zone that have ended. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.errors import WatchfloorError
from bot.reports.queues import PERIODS_BEFORE

DAY = timedelta(days=1)
LONGEST_DAYS = 366
KINDS = ("day", "week", "month")


class UnknownPeriod(WatchfloorError):
    """`/incident report week` makes a report; `day`, `month` and `90 days` work as well. A region may follow:
    `/incident report week EMEA`."""

    es = (
        "`/incident report week` hace un informe; `day`, `month` y `90 days` también. Puede seguir una región: "
        "`/incident report week EMEA`."
    )


class Period(Struct, frozen=True):
    """A period from one midnight of a zone until just before another."""

    kind: str
    start: datetime
    end: datetime
    title: str

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def last_period(kind: str, now: datetime, zone: ZoneInfo, weekday: int = 0) -> Period:
    """The day, week (beginning with `weekday`, Monday is 0) or month that ended last."""
    today = now.astimezone(zone).date()
    if kind == "week":
        end = today - DAY * ((today.weekday() - weekday) % 7)
        return _between(kind, end - 7 * DAY, end, zone)
    if kind == "month":
        end = today.replace(day=1)
        return _between(kind, (end - DAY).replace(day=1), end, zone)
    return _between("day", today - DAY, today, zone)


def last_days(days: int, now: datetime, zone: ZoneInfo) -> Period:
    """The last `days` whole days."""
    today = now.astimezone(zone).date()
    return _between(f"{days} days", today - days * DAY, today, zone)


def before(period: Period, zone: ZoneInfo) -> list[Period]:
    """The four periods of the same kind before it, the oldest first."""
    periods: list[Period] = []
    start = period.start.astimezone(zone).date()
    days = (period.end.astimezone(zone).date() - start).days
    for _ in range(PERIODS_BEFORE):
        earlier = (start - DAY).replace(day=1) if period.kind == "month" else start - days * DAY
        periods.insert(0, _between(period.kind, earlier, start, zone))
        start = earlier
    return periods


def _between(kind: str, start: date, end: date, zone: ZoneInfo) -> Period:
    starts_at, ends_at = (datetime.combine(day, time(0), zone).astimezone(UTC) for day in (start, end))
    last = end - DAY
    title = f"{start:%d %b %Y}" if last == start else f"{start:%d %b} – {last:%d %b %Y}"
    return Period(kind, starts_at, ends_at, title)
