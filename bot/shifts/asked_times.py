"""The times that a colleague was asked about or chose: they get these, whatever became of the roster since."""

from datetime import datetime, timedelta

from bot.errors import WatchfloorError
from bot.shifts import views
from bot.shifts.open_time_tables import OpenTime, OpenTooLong
from bot.shifts.swap_tables import Swap
from bot.shifts.tables import Shift
from bot.slack.text import mention


class TimesChanged(WatchfloorError):
    """The times have changed since you were asked: {when} now. {person} can ask you again."""

    es = "El horario ha cambiado desde que te lo preguntaron: ahora es {when}. {person} puede volver a preguntarte."


class NotWithin(WatchfloorError):
    """Choose hours within the time that is open: {when}."""

    es = "Elige horas dentro de lo que está sin cubrir: {when}."


def note(swap: Swap, asked: Shift | OpenTime, for_shift: Shift | None = None) -> None:
    """Record the times that the request shows."""
    swap.starts_at, swap.ends_at = asked.starts_at, asked.ends_at
    if for_shift:
        swap.for_starts_at, swap.for_ends_at = for_shift.starts_at, for_shift.ends_at


def check(swap: Swap, shift: Shift, for_shift: Shift | None) -> None:
    """Raise `TimesChanged` if one of the shifts was moved since."""
    asked = ((shift, (swap.starts_at, swap.ends_at)), (for_shift, (swap.for_starts_at, swap.for_ends_at)))
    for each, times in asked:
        if each and times != (None, None) and times != (each.starts_at, each.ends_at):
            raise _changed(swap, each)


def keep_to(swap: Swap, open_time: OpenTime) -> None:
    """Reduce an open time that has grown since to what was asked; the rest is found as another open time.

    Raises `TimesChanged` if a part of that is no longer open.
    """
    if not swap.starts_at or not swap.ends_at:
        return
    if swap.starts_at < open_time.starts_at or swap.ends_at > open_time.ends_at:
        raise _changed(swap, open_time)
    open_time.starts_at, open_time.ends_at = swap.starts_at, swap.ends_at


def keep_to_part(open_time: OpenTime, part: tuple[datetime, datetime] | None, now: datetime) -> None:
    """Reduce an open time to the chosen part, if one is chosen; the rest is found as another open time.

    Raises `OpenTooLong` if all of it is chosen and longer than a shift, and `NotWithin`.
    """
    if part is None:
        if open_time.is_long(now):
            raise OpenTooLong(hours=(open_time.ends_at - max(open_time.starts_at, now)) // timedelta(hours=1))
        return
    starts_at, ends_at = part
    if not open_time.starts_at <= starts_at < ends_at <= open_time.ends_at:
        raise NotWithin(when=views.times(open_time.starts_at, open_time.ends_at))
    open_time.starts_at, open_time.ends_at = starts_at, ends_at


def _changed(swap: Swap, each: Shift | OpenTime) -> TimesChanged:
    return TimesChanged(when=views.times(each.starts_at, each.ends_at), person=mention(swap.from_id))
