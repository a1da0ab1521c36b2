"""When a case breaches its SLA, and how much of its time is used: in the contract's calendar, without its
pauses."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.cases.rules.schedule import Schedule, Span


class Pause(Struct, frozen=True):
    """The clock stood still for this time; `until` is None while it does."""

    since: datetime
    until: datetime | None = None


class Clock(Struct, frozen=True):
    """An SLA's clock. A pause that is still open stops it until somebody ends it."""

    schedule: Schedule
    started_at: datetime
    target: timedelta
    pauses: tuple[Pause, ...] = ()

    def elapsed(self, now: datetime) -> timedelta:
        """How much of the target is used at `now`."""
        used = timedelta()
        for since, until in self._running():
            if since >= now:
                break
            used += min(until, now) - since
        return used

    def deadline(self) -> datetime | None:
        """When the target is used up; None while a pause keeps that from being known."""
        if self.schedule.is_always:
            return self._deadline_around_the_clock()
        left = self.target
        for since, until in self._running():
            if until - since >= left:
                return since + left
            left -= until - since
        return None

    def _deadline_around_the_clock(self) -> datetime | None:
        """The same without looking at days: the usual contract of P1 cases."""
        due_at = self.started_at + self.target
        for pause in merged(self.pauses, self.started_at):
            if pause.since >= due_at:
                break
            if pause.until is None:
                return None
            due_at += pause.until - pause.since
        return due_at

    def is_breached(self, now: datetime) -> bool:
        """Is the target used up? 99.951 % is no breach, whatever it is rounded to."""
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
    """The pauses after `start` in their order, those that touch or overlap as one."""
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
