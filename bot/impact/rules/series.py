"""A queue's intervals merged from several imports: each figure comes from the last import that has it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from bot.impact.rules.figures import NAMES, Amount, Figures

FIRST = 4
# The figures that are not forecasts.
HAPPENED = tuple(place for place, name in enumerate(NAMES) if not name.startswith("forecast"))


class QueueInterval(NamedTuple):
    """What is known about a queue in an interval. `restated` names the figures that a later import corrected.

    `told_by` are the imports that supplied the actual figures, `restated_by` the last one that corrected any.
    """

    queue_id: int
    starts_at: int
    interval_s: int
    figures: Figures
    restated: tuple[str, ...] = ()
    told_by: tuple[int, ...] = ()
    restated_by: int = 0

    @property
    def ends_at(self) -> int:
        """When the interval ends."""
        return self.starts_at + self.interval_s


def merged(rows: Iterable[Sequence[Any]]) -> Iterator[QueueInterval]:
    """Merge rows of (queue, start, import, length, figures as in `NAMES`), sorted by queue, start and import."""
    for (queue_id, starts_at), same in groupby(rows, key=lambda row: (row[0], row[1])):
        versions = list(same)
        last = versions[-1]
        if len(versions) == 1:
            yield QueueInterval(queue_id, starts_at, last[3], Figures(*last[FIRST:]), (), (last[2],))
            continue
        amounts: list[Amount] = list(versions[0][FIRST:])
        told_by, restated_by = [versions[0][2]] * len(amounts), 0
        restated: set[str] = set()
        for version in versions[1:]:
            for place, amount in enumerate(version[FIRST:]):
                if amount is not None:
                    if amounts[place] is not None and amounts[place] != amount:
                        restated.add(NAMES[place])
                        restated_by = version[2]
                    amounts[place], told_by[place] = amount, version[2]
        known = {told_by[place] for place in HAPPENED if amounts[place] is not None}
        names = tuple(sorted(restated))
        yield QueueInterval(
            queue_id, starts_at, last[3], Figures(*amounts), names, tuple(sorted(known)), restated_by
        )
