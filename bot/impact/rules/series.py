"""Intervals of a queue as the imports have them, one over the other: the last that knows a figure says it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from bot.impact.rules.figures import NAMES, Amount, Figures

FIRST = 4


class QueueInterval(NamedTuple):
    """What is known of a queue in an interval. `restated` are the figures that a later import put right."""

    queue_id: int
    starts_at: int
    interval_s: int
    figures: Figures
    restated: tuple[str, ...] = ()

    @property
    def ends_at(self) -> int:
        """When the interval is over."""
        return self.starts_at + self.interval_s


def merged(rows: Iterable[Sequence[Any]]) -> Iterator[QueueInterval]:
    """Rows of (queue, start, import, length, figures as in `NAMES`), sorted by queue, start and import."""
    for (queue_id, starts_at), same in groupby(rows, key=lambda row: (row[0], row[1])):
        versions = list(same)
        last = versions[-1]
        if len(versions) == 1:
            yield QueueInterval(queue_id, starts_at, last[3], Figures(*last[FIRST:]))
            continue
        amounts: list[Amount] = list(versions[0][FIRST:])
        restated: set[str] = set()
        for version in versions[1:]:
            for place, amount in enumerate(version[FIRST:]):
                if amount is not None:
                    if amounts[place] is not None and amounts[place] != amount:
                        restated.add(NAMES[place])
                    amounts[place] = amount
        yield QueueInterval(queue_id, starts_at, last[3], Figures(*amounts), tuple(sorted(restated)))
