"""The times that a colleague was asked about: they agree to these, whatever became of the roster since."""

from bot.errors import WatchfloorError
from bot.shifts import views
from bot.shifts.finding_tables import OpenTime
from bot.shifts.swap_tables import Swap
from bot.shifts.tables import Shift
from bot.slack.text import mention


class TimesChanged(WatchfloorError):
    """The times have changed since you were asked: {when} now. {person} can ask you again."""

    es = "El horario ha cambiado desde que te lo preguntaron: ahora es {when}. {person} puede volver a preguntarte."


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


def _changed(swap: Swap, each: Shift | OpenTime) -> TimesChanged:
    return TimesChanged(when=views.times(each.starts_at, each.ends_at), person=mention(swap.from_id))
