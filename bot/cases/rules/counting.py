"""Counts of occurrences: within a window, before it, and at this time of day. Times are seconds since 1970."""

from array import array
from bisect import insort

from msgspec import Struct, field

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
REMEMBERED_S = 28 * DAY_S


def hour_of(at: float) -> int:
    """The hour of the day in UTC; any zone would do, as it is only compared with the same hour on other days."""
    return int(at // HOUR_S) % 24


class Counts(Struct, frozen=True):
    """How many occurred in a window; before it; and before it within about an hour of this time of day."""

    within: int
    before: int
    at_this_hour: int


class Occurrences(Struct):
    """Occurrences of something in the last four weeks: time, case and customer."""

    entries: list[tuple[float, int, str]] = field(default_factory=list)
    # Counts by hour of the day; compact, because there are many thousand of these objects.
    hours: "array[int]" = field(default_factory=lambda: array("I", bytes(96)))

    def add(self, at: float, case: int, customer: str) -> None:
        """Add an occurrence; one that arrives out of order is inserted in its place."""
        entry = (at, case, customer)
        if self.entries and entry < self.entries[-1]:
            insort(self.entries, entry)
        else:
            self.entries.append(entry)
        self.hours[hour_of(at)] += 1
        self._forget(at - REMEMBERED_S)

    def _forget(self, before: float) -> None:
        expired = 0
        while self.entries[expired][0] < before:
            self.hours[hour_of(self.entries[expired][0])] -= 1
            expired += 1
        del self.entries[:expired]

    def since(self, at: float, until: float) -> list[tuple[float, int, str]]:
        """The occurrences after `at` and not after `until`, latest first."""
        entries = []
        for entry in reversed(self.entries):
            if entry[0] <= at:
                break
            if entry[0] <= until:
                entries.append(entry)
        return entries

    def counts(self, window: list[tuple[float, int, str]], now: float) -> Counts:
        """Count the occurrences in the window and before it."""
        hours_around = {hour_of(now + shift * HOUR_S) for shift in (-1, 0, 1)}
        count_inside = sum(hour_of(at) in hours_around for at, _, _ in window)
        at_this_hour = sum(self.hours[hour] for hour in hours_around) - count_inside
        return Counts(len(window), len(self.entries) - len(window), at_this_hour)
