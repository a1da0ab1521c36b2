"""Intervals of different lengths on one timeline: no time counts twice, and plans move to the actual intervals.

Actual contacts are never divided: of two intervals that overlap, one counts. A forecast is divided: half of a half
hour's contacts are expected in each of its quarters. Agents are an average, and so the same in each quarter.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from bot.impact.rules.figures import NAMES, Amount, Figures
from bot.impact.rules.intervals import QueueInterval

DAY_S = 24 * 3600
# A longer interval is not divided: contacts come evenly over an hour at most.
LONGEST_DIVIDED_S = 3600
_PLACES = {name: place for place, name in enumerate(NAMES)}
CONTACTS = tuple(
    _PLACES[name] for name in ("offered", "answered", "answered_in", "abandoned", "abandoned_in", "removed_in")
)
FORECAST = _PLACES["forecast_offered"]
# Averages over contacts: those of two quarters make none of the half hour.
OVER_CONTACTS = tuple(_PLACES[name] for name in ("aht_s", "asa_s", "abandon_wait_s"))
OVER_TIME = tuple(place for name, place in _PLACES.items() if name.startswith(("agents", "forecast_")))
MOVED = OVER_CONTACTS + OVER_TIME
COUNTED = tuple(place for place in range(len(NAMES)) if place not in MOVED)
LENGTH, FIRST = 3, 4
NEVER: Mapping[int, int] = {}


class Segment(NamedTuple):
    """A figure's amount for some time: per second for contacts, else the average. `source` is its import."""

    start: int
    end: int
    amount: float
    source: int


def are_apart(intervals: Sequence[QueueInterval]) -> bool:
    """Whether the intervals have one length and do not overlap, as nearly always."""
    return all(
        before.interval_s == after.interval_s and before.ends_at <= after.starts_at
        for before, after in pairwise(intervals)
    )


def without_overlaps(intervals: Sequence[QueueInterval], *, prefers_days: bool) -> list[QueueInterval]:
    """One queue's intervals, in order, without overlaps; forecasts and agents moved to the intervals that count."""
    counted = [each for each in intervals if any(each.figures[place] is not None for place in COUNTED)]
    kept = _latest(counted, prefers_days=prefers_days)
    times = {(each.starts_at, each.interval_s) for each in kept}
    moved = {}
    for place in MOVED:
        known = [each for each in intervals if each.figures[place] is not None]
        if any((each.starts_at, each.interval_s) not in times for each in known):
            moved[place] = _painted(known, place)
    planned = _cells_between(kept, intervals, moved)
    cells = _with_moved(sorted([*kept, *planned], key=lambda each: each.starts_at), moved)
    return [each for each in cells if any(amount is not None for amount in each.figures)]


def _latest(counted: Sequence[QueueInterval], *, prefers_days: bool) -> list[QueueInterval]:
    """The intervals without overlaps: the later import wins, and an interval without contacts gives way."""

    def rank(interval: QueueInterval) -> tuple[bool, bool, int]:
        sources = [interval.sources[place] for place in CONTACTS if interval.figures[place] is not None]
        return bool(sources), (interval.interval_s >= DAY_S) == prefers_days, max(sources, default=0)

    kept: list[QueueInterval] = []
    left_out: dict[int, list[int]] = defaultdict(list)
    for interval in sorted(counted, key=rank, reverse=True):
        if covering := _overlapping(kept, interval):
            left_out[covering.starts_at].append(interval.interval_s)
        else:
            insort(kept, interval, key=lambda each: each.starts_at)
    return [each._replace(left_out=tuple(left_out[each.starts_at])) for each in kept]


def _overlapping(kept: Sequence[QueueInterval], interval: QueueInterval) -> QueueInterval | None:
    """The first of these intervals, which are in order and apart, that shares time with another one."""
    index = bisect_right(kept, interval.starts_at, key=lambda each: each.ends_at)
    return kept[index] if index < len(kept) and kept[index].starts_at < interval.ends_at else None


def _painted(known: Iterable[QueueInterval], place: int) -> list[Segment]:
    """What is known of a figure at every time: the later import covers the earlier one."""
    divisible = [each for each in known if each.interval_s <= LONGEST_DIVIDED_S]
    segments: list[Segment] = []
    for interval in sorted(divisible, key=lambda each: each.sources[place], reverse=True):
        amount = interval.figures[place] or 0.0
        if place == FORECAST:
            amount /= interval.interval_s
        start = interval.starts_at
        first = bisect_right(segments, start, key=lambda each: each.end)
        last = bisect_left(segments, interval.ends_at, key=lambda each: each.start)
        for segment in segments[first:last]:
            if start < segment.start:
                insort(segments, Segment(start, segment.start, amount, interval.sources[place]))
            start = segment.end
        if start < interval.ends_at:
            insort(segments, Segment(start, interval.ends_at, amount, interval.sources[place]))
    return segments


def _cells_between(
    kept: Sequence[QueueInterval], intervals: Sequence[QueueInterval], moved: Mapping[int, Sequence[Segment]]
) -> list[QueueInterval]:
    """The times that are only planned, divided like the intervals that came last."""
    pattern = max(
        kept,
        key=lambda each: (each.interval_s < DAY_S, each.starts_at),
        default=max(intervals, key=lambda each: each.sources),
    )
    length_s, queue_id = min(pattern.interval_s, LONGEST_DIVIDED_S), pattern.queue_id
    starts = {
        start
        for segments in moved.values()
        for segment in segments
        for start in range(segment.start - (segment.start - pattern.starts_at) % length_s, segment.end, length_s)
    }
    cells = [QueueInterval(queue_id, start, length_s, Figures(), (), (0,) * len(NAMES)) for start in sorted(starts)]
    return [cell for cell in cells if _overlapping(kept, cell) is None]


def _with_moved(cells: Sequence[QueueInterval], moved: Mapping[int, Sequence[Segment]]) -> Iterator[QueueInterval]:
    """The intervals with the plans and averages of their times, as far as they are known for all of it."""
    parts = [(place, _amounts(cells, segments, place)) for place, segments in moved.items()]
    for index, cell in enumerate(cells):
        amounts, sources = list[Amount](cell.figures), list(cell.sources)
        for place, amounts_and_sources in parts:
            amount, source = amounts_and_sources[index]
            if amount is not None:
                amounts[place], sources[place] = amount, source
        yield cell._replace(figures=Figures(*amounts), sources=tuple(sources))


def _amounts(cells: Sequence[QueueInterval], segments: Sequence[Segment], place: int) -> list[tuple[Amount, int]]:
    """A figure for each interval, and its import; None if it is not known for all of its time."""
    amounts: list[tuple[Amount, int]] = []
    first = 0
    for cell in cells:
        start, end = cell.starts_at, cell.ends_at
        while first < len(segments) and segments[first].end <= start:
            first += 1
        amount, known_s, last, source = 0.0, 0, first, 0
        while last < len(segments) and segments[last].start < end:
            segment = segments[last]
            part_s = min(segment.end, end) - max(segment.start, start)
            amount, known_s, source = (
                amount + segment.amount * part_s,
                known_s + part_s,
                max(source, segment.source),
            )
            last += 1
        is_known = known_s == cell.interval_s <= LONGEST_DIVIDED_S
        if not is_known or (place in OVER_CONTACTS and last - first > 1):
            amounts.append((None, 0))
        else:
            # Thirds do not add up to a whole in floating point.
            amounts.append((round(amount if place == FORECAST else amount / known_s, 6), source))
    return amounts


def by_length(lengths: Iterable[int], history: Iterable[tuple[int, int, float]]) -> dict[int, dict[int, float]]:
    """Past contacts by the start of their interval, for intervals of each of these lengths.

    `history` has start, length and contacts; a later row corrects an earlier one. Contacts of longer intervals are
    divided evenly; those of shorter ones are added up if all of them are known.
    """
    corrected = {(start, row_s): contacts for start, row_s, contacts in history}
    return {length_s: _of_length(length_s, corrected) for length_s in lengths}


def _of_length(length_s: int, history: Mapping[tuple[int, int], float]) -> dict[int, float]:
    exact = {start: contacts for (start, row_s), contacts in history.items() if row_s == length_s}
    if len(exact) == len(history):
        return exact
    sums: defaultdict[int, float] = defaultdict(float)
    known_s: Counter[int] = Counter()
    divided: dict[int, float] = {}
    for (start, row_s), contacts in history.items():
        if length_s < row_s <= LONGEST_DIVIDED_S and row_s % length_s == 0:
            divided |= dict.fromkeys(range(start, start + row_s, length_s), contacts * length_s / row_s)
        elif row_s < length_s <= LONGEST_DIVIDED_S:
            cell = start - start % length_s
            sums[cell] += contacts
            known_s[cell] += row_s
    added = {start: contacts for start, contacts in sums.items() if known_s[start] == length_s}
    return divided | added | exact


def merged(
    rows: Iterable[Sequence[Any]], *, visible_at: Mapping[int, int] = NEVER, prefers_days: bool = False
) -> Iterator[QueueInterval]:
    """Merge rows of (queue, start, import, length, figures as in `NAMES`), sorted by queue, start and import.

    No time counts twice: of intervals of different lengths that overlap, those of the later import count. The total
    of a day gives way to any shorter interval, or with `prefers_days` they all give way to it. With `visible_at`,
    when each import became visible, what was reported before an interval was over is completed by a later report,
    not corrected.
    """
    for queue_id, rows_of_queue in groupby(rows, key=lambda row: row[0]):
        intervals = [
            _merge(queue_id, starts_at, versions, visible_at)
            for starts_at, rows_of_start in groupby(rows_of_queue, key=lambda row: row[1])
            for versions in _by_length(list(rows_of_start))
        ]
        yield from intervals if are_apart(intervals) else without_overlaps(intervals, prefers_days=prefers_days)


def _by_length(rows: list[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    lengths = {row[LENGTH] for row in rows}
    return iter([rows]) if len(lengths) == 1 else ([row for row in rows if row[LENGTH] == each] for each in lengths)


def _merge(
    queue_id: int, starts_at: int, versions: Sequence[Sequence[Any]], visible_at: Mapping[int, int]
) -> QueueInterval:
    first, interval_s = versions[0], versions[0][LENGTH]
    if len(versions) == 1:
        figures = Figures(*first[FIRST:])
        return QueueInterval(queue_id, starts_at, interval_s, figures, (), (first[2],) * len(figures))
    amounts: list[Amount] = list(first[FIRST:])
    sources, correcting_import_id = [first[2]] * len(amounts), 0
    restated: set[str] = set()
    for version in versions[1:]:
        for index, amount in enumerate(version[FIRST:]):
            if amount is not None:
                was_over = visible_at.get(sources[index], starts_at + interval_s) >= starts_at + interval_s
                if amounts[index] not in (None, amount) and was_over:
                    restated.add(NAMES[index])
                    correcting_import_id = version[2]
                amounts[index], sources[index] = amount, version[2]
    return QueueInterval(
        *(queue_id, starts_at, interval_s, Figures(*amounts)),
        *(tuple(sorted(restated)), tuple(sources), correcting_import_id),
    )
