"""A queue's intervals merged from several imports: each figure comes from the last import that has it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from bot.impact.rules.figures import NAMES, Amount, Figures

FIRST = 4
# The figures that are not forecasts.
ACTUAL_FIGURES = tuple(place for place, name in enumerate(NAMES) if not name.startswith("forecast"))


class QueueInterval(NamedTuple):
    """What is known about a queue in an interval. `restated` names the figures that a later import corrected.

    `actual_import_ids` are the imports that supplied the actual figures, `correcting_import_id` the last one that
    corrected any.
    """

    queue_id: int
    starts_at: int
    interval_s: int
    figures: Figures
    restated: tuple[str, ...] = ()
    actual_import_ids: tuple[int, ...] = ()
    correcting_import_id: int = 0

    @property
    def ends_at(self) -> int:
        """When the interval ends."""
        return self.starts_at + self.interval_s


def merged(rows: Iterable[Sequence[Any]]) -> Iterator[QueueInterval]:
    """Merge rows of (queue, start, import, length, figures as in `NAMES`), sorted by queue, start and import."""
    for (queue_id, starts_at), rows_of_interval in groupby(rows, key=lambda row: (row[0], row[1])):
        versions = list(rows_of_interval)
        last = versions[-1]
        if len(versions) == 1:
            yield QueueInterval(queue_id, starts_at, last[3], Figures(*last[FIRST:]), (), (last[2],))
            continue
        amounts: list[Amount] = list(versions[0][FIRST:])
        import_id_of_figure, correcting_import_id = [versions[0][2]] * len(amounts), 0
        restated: set[str] = set()
        for version in versions[1:]:
            for index, amount in enumerate(version[FIRST:]):
                if amount is not None:
                    if amounts[index] is not None and amounts[index] != amount:
                        restated.add(NAMES[index])
                        correcting_import_id = version[2]
                    amounts[index], import_id_of_figure[index] = amount, version[2]
        import_ids = {import_id_of_figure[index] for index in ACTUAL_FIGURES if amounts[index] is not None}
        names = tuple(sorted(restated))
        yield QueueInterval(
            queue_id, starts_at, last[3], Figures(*amounts), names, tuple(sorted(import_ids)), correcting_import_id
        )
