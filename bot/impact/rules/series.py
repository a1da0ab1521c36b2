"""A queue's intervals merged from several imports: each figure comes from the last import that has it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from bot.impact.rules.figures import NAMES, Amount, Figures
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import are_apart, without_overlaps

LENGTH, FIRST = 3, 4
NEVER: Mapping[int, int] = {}


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
