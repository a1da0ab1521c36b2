"""When a case breaches its SLA and how much of its time is used, by the contract's calendar and without pauses."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.cases.rules.schedule import Schedule, Span


class Pause(Struct, frozen=True):
    """A time in which the clock stood still; `until` is None while it still does."""

    since: datetime
    until: datetime | None = None


class Clock(Struct, frozen=True):
    """The clock of an SLA. An open pause stops it until the pause ends."""

    schedule: Schedule
    started_at: datetime
    target: timedelta
    pauses: tuple[Pause, ...] = ()

    def elapsed(self, now: datetime) -> timedelta:
        """How much of the target is used up at `now`."""
        used = timedelta()
        for since, until in self._running():
            if since >= now:
                break
            used += min(until, now) - since
        return used

    def deadline(self) -> datetime | None:
        """When the target is used up; None while an open pause leaves that unknown."""
        if self.schedule.is_always:
            return self._deadline_around_the_clock()
        time_left = self.target
        for since, until in self._running():
            if until - since >= time_left:
                return since + time_left
            time_left -= until - since
        return None

    def _deadline_around_the_clock(self) -> datetime | None:
        """A shortcut for `deadline` that does not iterate over days, for the usual contract of P1 cases."""
        due_at = self.started_at + self.target
        for pause in merged(self.pauses, self.started_at):
            if pause.since >= due_at:
                break
            if pause.until is None:
                return None
            due_at += pause.until - pause.since
        return due_at

    def is_breached(self, now: datetime) -> bool:
        """True if the target is used up. 99.951 % is not a breach, whatever it is rounded to."""
        return self.elapsed(now) >= self.target

    def _running(self) -> Iterator[Span]:
        """The spans in which the clock runs; they end where an open pause begins."""
        pauses = merged(self.pauses, self.started_at)
        for since, until in self.schedule.open_spans(self.started_at):
            for pause in pauses:
                if pause.until is not None and pause.until <= since:
                    continue
                if pause.since >= until:
                    break
                if pause.since > since:
                    yield since, pause.since
                if pause.until is None:
                    return
                since = min(pause.until, until)
            if since < until:
                yield since, until


def merged(pauses: Sequence[Pause], start: datetime) -> list[Pause]:
    """The pauses after `start` in chronological order; those that touch or overlap are merged."""
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.since):
        if pause.until is not None and pause.until <= max(pause.since, start):
            continue
        since = max(pause.since, start)
        last = result[-1] if result else None
        if last is None or (last.until is not None and last.until < since):
            result.append(Pause(since, pause.until))
        elif last.until is not None:
            result[-1] = Pause(last.since, None if pause.until is None else max(last.until, pause.until))
    return result
