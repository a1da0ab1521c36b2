"""Coverage rules: who is on, when nobody or too few are, and who is booked twice. Pure.

Moments are minutes since 1970 UTC, so clock changes need no special case: 22:00 to 06:00 in New York on 31 October
2026 is nine hours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from bot.errors import WatchfloorError

MINUTE_S = 60
DAY = timedelta(days=1)
ONE = 1


class Problem(StrEnum):
    """What is wrong with a roster at a time."""

    GAP = "gap"  # nobody is on
    SHORT = "short"  # fewer than needed; one person alone is lone cover
    OVERLAP = "overlap"  # a person is on two shifts at once
    BELOW_LOAD = "below_load"  # fewer than the forecast load needs


class Duty(Struct, frozen=True):
    """A shift as the rules need it: from `start` until just before `end`."""

    start: int
    end: int
    person: str
    role: str
    region: str = ""
    site: str = ""
    # Whether the person is known in Slack. Nobody can reach the others; they count for the load only.
    is_known: bool = True


class Needed(Struct, frozen=True):
    """A need for `people` in a role at these hours of these weekdays (Monday is 0), in the zone's local time.

    The same hour twice means the whole day. Without a region or site, anybody in the role counts.
    """

    role: str
    region: str = ""
    site: str = ""
    hours: tuple[time, time] = (time(0), time(0))
    weekdays: frozenset[int] = frozenset(range(7))
    zone: str = "UTC"
    people: int = ONE

    def is_met_by(self, duty: Duty) -> bool:
        """True if the shift counts for this need; case is ignored."""
        return (
            self.role.casefold() == duty.role.casefold()
            and (not self.region or self.region.casefold() == duty.region.casefold())
            and (not self.site or self.site.casefold() == duty.site.casefold())
        )


class Basis(Struct, frozen=True):
    """Why so many are needed: the contacts in a span of minutes, their handling time, Erlang A and Erlang C.

    `shrinkage` is the share of a shift (0 to 1) in which a person is not at work.
    """

    start: int
    end: int
    offered: float
    aht_s: float
    patience_s: float
    agents: int
    agents_c: int
    shrinkage: float = 0.0
    is_forecast: bool = True

    @property
    def people(self) -> int:
        """How many people must be on shift: rostered = seats / (1 - shrinkage)."""
        # The epsilon makes 7 / 0.7 give 10 people and not 11.
        return ceil(self.agents / (1 - self.shrinkage) - 1e-9)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Finding:
    """A time in which something is wrong; `people` are those who are on.

    For `BELOW_LOAD`, `needed`, `people` and `basis` are those of the time when most people are missing.
    """

    problem: Problem
    role: str
    region: str
    site: str
    start: int
    end: int
    needed: int = ONE
    people: tuple[str, ...] = field(default=(), compare=False)
    basis: Basis | None = field(default=None, compare=False)

    @property
    def missing(self) -> int:
        """How many more people are needed."""
        return self.needed - len(self.people)


class AlreadyOnShift(WatchfloorError):
    """{person} is on another shift at that time already. Choose somebody else."""

    es = "{person} ya está de turno a esa hora. Elige a otra persona."


class AbsentThen(WatchfloorError):
    """{person} is absent at that time. Choose somebody else, or ask them to take the absence back."""

    es = "{person} está ausente a esa hora. Elige a otra persona, o pídele que retire la ausencia."


class YouAreAbsentThen(AbsentThen):
    """You are absent at that time. Take the absence back first: `/incident oncall mine`."""

    es = "Estás ausente a esa hora. Retira antes la ausencia: `/incident oncall mine`."


class MayNotAsk(WatchfloorError):
    """You are not rostered as {role}, so you cannot ask others to take it. Leave it to those who are."""

    es = "No tienes turnos como {role}, así que no puedes pedir que otros lo cubran. Déjalo a quienes los tienen."


def to_minute(moment: datetime) -> int:
    """The minute since 1970 UTC that contains the moment."""
    return int(moment.timestamp()) // MINUTE_S


def to_moment(minute: int) -> datetime:
    """The moment at which a minute begins."""
    return datetime.fromtimestamp(minute * MINUTE_S, UTC)


def problems(duties: Sequence[Duty], needs: Iterable[Needed], start: int, end: int) -> list[Finding]:
    """Every problem between two minutes, by start. Without shifts, every need is a gap throughout."""
    findings = [finding for need in needs for finding in _uncovered(duties, need, start, end)]
    return sorted({*findings, *overlaps(duties, start, end)}, key=lambda each: (each.start, each.role, each.region))


def _uncovered(duties: Sequence[Duty], need: Needed, start: int, end: int) -> Iterator[Finding]:
    counted_duties = [
        duty for duty in duties if duty.is_known and duty.end > start and duty.start < end and need.is_met_by(duty)
    ]
    parts = staffed(counted_duties, start, end)
    for window_start, window_end in windows(need, start, end):
        for part_start, part_end, people in within(parts, window_start, window_end):
            if len(people) < need.people:
                problem = Problem.SHORT if people else Problem.GAP
                place = (need.role, need.region, need.site)
                yield Finding(problem, *place, part_start, part_end, need.people, people)


Part = tuple[int, int, tuple[str, ...]]


def staffed(duties: Sequence[Duty], start: int, end: int) -> list[Part]:
    """The time split into parts, each with the people who are on; adjacent parts differ."""
    starting: dict[int, list[str]] = {}
    ending: dict[int, list[str]] = {}
    for duty in duties:
        if duty.end > duty.start:
            starting.setdefault(max(duty.start, start), []).append(duty.person)
            ending.setdefault(min(duty.end, end), []).append(duty.person)
    parts: list[Part] = []
    shift_counts: dict[str, int] = {}
    part_start = start
    for moment in sorted({*starting, *ending, end}):
        if moment > part_start:
            _append(parts, part_start, moment, tuple(sorted(shift_counts)))
            part_start = moment
        for person in ending.get(moment, ()):
            shift_counts[person] -= 1
            if not shift_counts[person]:
                del shift_counts[person]
        for person in starting.get(moment, ()):
            shift_counts[person] = shift_counts.get(person, 0) + 1
    return parts


def _append(parts: list[Part], start: int, end: int, people: tuple[str, ...]) -> None:
    if parts and parts[-1][1] == start and parts[-1][2] == people:
        parts[-1] = (parts[-1][0], end, people)
    else:
        parts.append((start, end, people))


def within(parts: Sequence[Part], start: int, end: int) -> Iterator[Part]:
    """The parts between two minutes, clipped to them."""
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if parts[middle][1] <= start else (low, middle)
    for part_start, part_end, people in parts[low:]:
        if part_start >= end or start >= end:
            return
        yield max(part_start, start), min(part_end, end), people


def windows(need: Needed, start: int, end: int) -> list[tuple[int, int]]:
    """The spans between two minutes in which the need applies, by local time; adjacent spans are merged.

    A minute counts if its local time lies within the need's hours. Hours skipped by a clock change do not count,
    and repeated ones count twice. Hours that cross midnight belong to the day on which they begin.
    """
    zone = ZoneInfo(need.zone)
    points = {start, end, *(point for point in _clock_points(need, zone, start, end) if start < point < end)}
    spans: list[tuple[int, int]] = []
    ordered = sorted(points)
    for span_start, span_end in pairwise(ordered):
        if not _is_needed(need, to_moment(span_start).astimezone(zone)):
            continue
        if spans and spans[-1][1] == span_start:
            spans[-1] = (spans[-1][0], span_end)
        else:
            spans.append((span_start, span_end))
    return spans


def _is_needed(need: Needed, local: datetime) -> bool:
    opens, closes = need.hours
    applies_today, applied_yesterday = local.weekday() in need.weekdays, (local.weekday() - 1) % 7 in need.weekdays
    now = local.time()
    if opens < closes:
        return applies_today and opens <= now < closes
    return (applies_today and now >= opens) or (applied_yesterday and now < closes)


def _clock_points(need: Needed, zone: ZoneInfo, start: int, end: int) -> Iterator[int]:
    """Every minute at which `_is_needed` may change: the hours of each day, and clock changes."""
    day, last = to_moment(start).astimezone(zone).date() - DAY, to_moment(end).astimezone(zone).date() + DAY
    while day <= last:
        for hour in {*need.hours, time(0)}:
            for fold in (0, 1):
                yield to_minute(datetime.combine(day, hour, zone).replace(fold=fold))
        yield from _clock_change(day, zone)
        day += DAY


def _clock_change(day: date, zone: ZoneInfo) -> Iterator[int]:
    """The minute of a day at which the clocks change, if any."""
    low, high = (to_minute(datetime.combine(each, time(0), zone)) for each in (day, day + DAY))
    before, after = (to_moment(minute).astimezone(zone).utcoffset() for minute in (low, high))
    if before == after:
        return
    while high - low > 1:
        middle = (low + high) // 2
        is_before = to_moment(middle).astimezone(zone).utcoffset() == before
        low, high = (middle, high) if is_before else (low, middle)
    yield high


def overlaps(duties: Iterable[Duty], start: int, end: int) -> Iterator[Finding]:
    """The times in which a person is on two shifts at once."""
    by_person: dict[str, list[Duty]] = {}
    for duty in duties:
        if duty.end > start and duty.start < end:
            by_person.setdefault(duty.person, []).append(duty)
    for person, duties_of_person in by_person.items():
        latest: Duty | None = None
        for duty in sorted(duties_of_person, key=lambda each: (each.start, each.end)):
            if latest and duty.start < latest.end:
                overlap = max(duty.start, start), min(duty.end, latest.end, end)
                yield Finding(Problem.OVERLAP, duty.role, duty.region, duty.site, *overlap, people=(person,))
            latest = duty if latest is None or duty.end > latest.end else latest


def is_free(duties: Iterable[Duty], person: str, start: int, end: int) -> bool:
    """True if the person has no shift in that time."""
    return not any(duty.person == person and duty.start < end and duty.end > start for duty in duties)
