"""Rows that cannot be true are left out: contacts of a time to come, and more in time than there were."""

from datetime import datetime, timedelta

from bot.impact.reading.rows import LeftOut, ReadRow
from bot.impact.rules.figures import NAMES, Amount

# Another system's clock may be ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)
FUTURE = "its interval is still to come, so only a forecast of it can be known"
MORE_ANSWERED_IN_TIME = "more contacts were answered in time than were answered at all"
MORE_ABANDONED_IN_TIME = "more contacts were abandoned in time than were abandoned at all"
_ANSWERED, _ANSWERED_IN, _ABANDONED, _ABANDONED_IN = map(
    NAMES.index, ("answered", "answered_in", "abandoned", "abandoned_in")
)
_IS_PLAN = tuple(name.startswith("forecast") or name == "agents_scheduled" for name in NAMES)


def checked(row: ReadRow, now: datetime) -> ReadRow | LeftOut:
    """The row; only its plans if its interval has not begun. `LeftOut` if nothing of it can be used."""
    figures = row.figures
    if _is_more(figures[_ANSWERED_IN], figures[_ANSWERED]):
        return LeftOut(row.line, MORE_ANSWERED_IN_TIME)
    if _is_more(figures[_ABANDONED_IN], figures[_ABANDONED]):
        return LeftOut(row.line, MORE_ABANDONED_IN_TIME)
    if row.starts_at <= (now + CLOCKS_DIFFER).timestamp():
        return row
    plans = tuple(amount if is_plan else None for amount, is_plan in zip(figures, _IS_PLAN, strict=True))
    return LeftOut(row.line, FUTURE) if plans.count(None) == len(plans) else row._replace(figures=plans)


def _is_more(part: Amount, whole: Amount) -> bool:
    return part is not None and whole is not None and part > whole
