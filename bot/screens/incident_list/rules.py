"""Parser of filters such as `/incident list crm last 7 days`. Pure."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time

from pydantic import BaseModel, ConfigDict

from bot.incidents.recognition import STOP_WORDS, fold
from bot.incidents.rules import OTHER, Status

PER_PAGE = 10
# In characters: the form shows the words in one line, and the buttons below a page carry them.
LONGEST_SEARCH = 200
LONGEST_PERIOD_H = 24 * 3660
OPEN, CLOSED, ALL = "open", "closed", "all"
STATES = {
    **dict.fromkeys(("open", "active", "ongoing"), OPEN),
    **dict.fromkeys(("closed", "over", "ended", "finished", "past", "old"), CLOSED),
    **dict.fromkeys(("all", "any", "every", "everything"), ALL),
    **{str(status): str(status) for status in Status if status not in (OPEN, CLOSED)},
}
MINE = frozenset(["mine", "my", "me"])
NO_SEARCH_WORDS = STOP_WORDS | {"incident", "incidents", "about", "show", "list", "last", "since", "during"}
HOURS = {"hour": 1, "h": 1, "day": 24, "d": 24, "week": 7 * 24, "w": 7 * 24, "month": 31 * 24, "year": 366 * 24}
NAMED_PERIODS = {"today": 24, "yesterday": 48, "this week": 7 * 24, "this month": 31 * 24, "this year": 366 * 24}
_LENGTH = re.compile(
    r"\b(?:(?:in )?(?:the )?(?:last|past) )?(\d{1,4}) ?(hours?|h|days?|d|weeks?|w|months?|years?)\b"
    r"|\b(?:last|past) (hour|day|week|month|year)\b"
)
_NAMED = re.compile(rf"\b({'|'.join(NAMED_PERIODS)})\b")
_SINCE = re.compile(r"\b(?:since |from )?(\d{4}-\d{2}-\d{2})\b")
_SEVERITY = re.compile(r"\b(?:s-?|sev(?:erity)?[ -]?)([0-4])\b")


class Filter(BaseModel):
    """Which incidents are listed; an empty field does not narrow the list."""

    model_config = ConfigDict(frozen=True)

    # `open`, `closed` (ended in any way), `all`, or one status.
    state: str = OPEN
    is_mine: bool = False
    severities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    # The maximum age since the declaration, in hours; 0 for any age.
    hours: int = 0
    words: tuple[str, ...] = ()
    page: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether this is the filter of `/incident list` without arguments."""
        return self == Filter()

    def at_page(self, page: int) -> "Filter":
        """Return the same filter at another page."""
        return self.model_copy(update={"page": max(0, page)})


def read_filter(typed_filter: str, now: datetime) -> Filter:
    """Return the filter typed by a person, such as `mine closed S1 last 7 days` or `crm since 2026-11-01`.

    Any other words are searched for in titles, impact, causes, types, sites and partners. A search by words or
    period covers all incidents unless a state is named.
    """
    text = " ".join(fold(typed_filter).split())
    text, hours = _read_period(text, now)
    severities = tuple(dict.fromkeys(f"S{number}" for number in _SEVERITY.findall(text)))
    words_left = re.findall(r"[\w-]+", _SEVERITY.sub(" ", text))
    states = [STATES[word] for word in words_left if word in STATES]
    is_mine = any(word in MINE for word in words_left)
    keywords = {*STATES, *MINE, *NO_SEARCH_WORDS}
    search_words = _within_limit(dict.fromkeys(word for word in words_left if word not in keywords))
    state = states[-1] if states else ALL if search_words or hours else OPEN
    return Filter(state=state, is_mine=is_mine, severities=severities, hours=hours, words=search_words)


def _within_limit(words: Iterable[str]) -> tuple[str, ...]:
    """Return the first words that are together no longer than a search may be."""
    return tuple(" ".join(words)[:LONGEST_SEARCH].split())


def _read_period(text: str, now: datetime) -> tuple[str, int]:
    """Return the text without its period, and the period in hours; 0 if there is none."""
    for pattern, read_hours in _PERIODS:
        match = pattern.search(text)
        hours = read_hours(match, now) if match else 0
        if match and hours:
            return f"{text[: match.start()]} {text[match.end() :]}", min(hours, LONGEST_PERIOD_H)
    return text, 0


def _length(match: re.Match[str], now: datetime) -> int:
    unit = match[2] or match[3]
    return int(match[1] or 1) * HOURS[unit if unit in HOURS else unit.rstrip("s")]


def _since(match: re.Match[str], now: datetime) -> int:
    try:
        start = datetime.combine(date.fromisoformat(match[1]), time(), UTC)
    except ValueError:
        return 0
    return max(1, int((now - start).total_seconds() // 3600) + 1)


_PERIODS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], int]], ...] = (
    (_SINCE, _since),
    (_LENGTH, _length),
    (_NAMED, lambda match, now: NAMED_PERIODS[match[1]]),
)


def period_phrase(hours: int) -> str:
    """`last 7 days`, `last 24 hours`."""
    if hours % 24 or hours == 24:
        return f"last {hours} hours" if hours > 1 else "last hour"
    return f"last {hours // 24} days"


def types_named(words: tuple[str, ...], titles: dict[str, str]) -> dict[str, list[str]]:
    """Return, for each word, the types whose name or title contains it, except `other`."""
    return {
        word: [name for name, title in titles.items() if name != OTHER and word in fold(f"{name} {title}")]
        for word in words
    }
