"""Rows that cannot be true are left out: contacts of a time to come, and more in time than there were."""

from datetime import datetime, timedelta

from bot.impact.reading.rows import LeftOut, ReadRow
from bot.impact.rules.figures import NAMES, Amount

# Another system's clock may be ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)
FUTURE = "its interval is still to come, so only a forecast of it can be known"
MORE_ANSWERED_IN_TIME = "more contacts were answered in time than were answered at all"
MORE_ABANDONED_IN_TIME = "more contacts were abandoned in time than were abandoned at all"
_OFFERED, _ANSWERED, _ANSWERED_IN, _ABANDONED, _ABANDONED_IN = map(
    NAMES.index, ("offered", "answered", "answered_in", "abandoned", "abandoned_in")
)
_IS_PLAN = tuple(name.startswith("forecast") or name == "agents_scheduled" for name in NAMES)


def last_start(now: datetime) -> float:
    """When the last interval of which contacts can be known begins, in seconds since 1970."""
    return (now + CLOCKS_DIFFER).timestamp()


def checked(row: ReadRow, last: float) -> ReadRow | LeftOut:
    """The row; only its plans if its interval has not begun. `LeftOut` if nothing of it can be used."""
    figures = row.figures
    if _is_more(figures[_ANSWERED_IN], figures[_ANSWERED]):
        return LeftOut(row.line, MORE_ANSWERED_IN_TIME)
    if _is_more(figures[_ABANDONED_IN], figures[_ABANDONED]):
        return LeftOut(row.line, MORE_ABANDONED_IN_TIME)
    if row.starts_at <= last:
        return row
    plans = tuple(amount if is_plan else None for amount, is_plan in zip(figures, _IS_PLAN, strict=True))
    return LeftOut(row.line, FUTURE) if plans.count(None) == len(plans) else row._replace(figures=plans)


def has_contacts_to_come(row: ReadRow, last: float) -> bool:
    """Whether the row has contacts of an interval that has not begun; a report of a whole day has zeros there."""
    return row.starts_at > last and any(row.figures[place] for place in (_OFFERED, _ANSWERED, _ABANDONED))


def _is_more(part: Amount, whole: Amount) -> bool:
    return part is not None and whole is not None and part > whole
