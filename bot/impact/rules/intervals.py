"""A queue's interval as its imports tell it, and the intervals that a person can add. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from bot.impact.rules.figures import NAMES, Figures

# The figures that are not forecasts.
ACTUAL_FIGURES = tuple(place for place, name in enumerate(NAMES) if not name.startswith("forecast"))
OFFERED = NAMES.index("offered")
# Less says nothing about the rate at which contacts come.
LEAST_PASSED_S = 60
# A form offers half a day of half hours.
STARTS_OFFERED = 24


class QueueInterval(NamedTuple):
    """What is known about a queue in an interval. `restated` names the figures that a later import corrected.

    `sources` has the import of each figure, `correcting_import_id` the last one that corrected any. `left_out` has
    the lengths of the intervals that do not count because this one covers their time. `reported_after_s` is how
    much of it had passed when its contacts were reported; None if it was over.
    """

    queue_id: int
    starts_at: int
    interval_s: int
    figures: Figures
    restated: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    correcting_import_id: int = 0
    left_out: tuple[int, ...] = ()
    reported_after_s: int | None = None

    @property
    def ends_at(self) -> int:
        return self.starts_at + self.interval_s

    @property
    def is_over(self) -> bool:
        """True if its contacts are those of all of it."""
        return self.reported_after_s is None

    @property
    def passed_s(self) -> int:
        """The seconds in which its contacts came."""
        return self.interval_s if self.reported_after_s is None else self.reported_after_s

    def reported(self, visible_at: Mapping[int, int]) -> "QueueInterval":
        """The interval with what is known of the time of its report, from when each import became visible."""
        source = self.sources[OFFERED] if self.sources and self.figures.offered is not None else 0
        at = visible_at.get(source, self.ends_at)
        if at >= self.ends_at:
            return self
        return self._replace(reported_after_s=max(at - self.starts_at, LEAST_PASSED_S))

    @property
    def actual_import_ids(self) -> set[int]:
        """The imports that supplied the figures that are not forecasts."""
        return {self.sources[place] for place in ACTUAL_FIGURES if self.figures[place] is not None and self.sources}


def recent_starts(now: datetime, interval_s: int, last_start: int | None) -> list[datetime]:
    """The starts of recent intervals in the zone of `now`, that of the last complete one first.

    They follow on from the last known interval, or else from local midnight: in a zone that is half an hour or a
    quarter apart from UTC, hours begin at other moments.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    known_start = int(midnight.timestamp()) if last_start is None else last_start
    current_start = int(now.timestamp()) - (int(now.timestamp()) - known_start) % interval_s
    earlier = [current_start - place * interval_s for place in range(1, STARTS_OFFERED)]
    return [
        datetime.fromtimestamp(at, UTC).astimezone(now.tzinfo) for at in (earlier[0], current_start, *earlier[1:])
    ]
