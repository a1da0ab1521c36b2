"""Reads severity, title, type, sites, partners and times from a typed declaration; finds similar titles. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from bot.errors import WatchfloorError
from bot.incidents import rules, wording
from bot.incidents.rules import OTHER, clean_title, read_severity
from bot.timeline.rules import TimeInFuture, is_repeated, read_time, zone_of

DUPLICATE_THRESHOLD = 0.5
STOP_WORDS = frozenset(
    ["a", "an", "and", "at", "down", "for", "from", "in", "is", "not", "of", "on", "or", "our", "the", "to", "with"]
)
# `S1 …`, `s1: …`, `SEV-1, …`, `S1- …`, `severity 1 …`; also a case's `P1 …`, which is refused with a reason.
# A colon may also begin an emoji's name: Slack sends every emoji as `:fire:`.
_SEVERITY_FIRST = re.compile(
    r"(?P<severity>(?:s-?|sev(?:erity)?[\s-]*)\d{1,3}|p-?\d)"
    r"(?:[:,;–—-]+|\s+(?!:[a-z0-9_+'-]+:)[:,;–—-]+|\s*\.(?=\s|$)|(?=\s)|$)\s*",
    re.IGNORECASE,
)
# `… S1`, `… (sev 1)`. A bare `S3` or `S4` may be the name of something, and would only lower the usual severity.
_SEVERITY_LAST = re.compile(
    r"[:,;–—-]?\s[–—-]?\s?\(?(?P<severity>s[012]|sev(?:erity)?[\s-]?\d)\)?[.!]?$", re.IGNORECASE
)
# `afterwards …`, `drill: …`; not `drill-down …`.
_KIND_FIRST = re.compile(
    r"(?P<kind>afterwards?|retroactive(?:ly)?|private|drill)(?:\s*[:,;–—-]+(?=\s|$)|(?=\s)|$)\s*", re.IGNORECASE
)
_QUOTES = ('""', "''", "``", "“”", "„“", "„”", "‘’", "«»", "””")
# Accents of Latin, Greek and Cyrillic letters; marks of other scripts are letters of their own.
_ACCENTS = re.compile("[\u0300-\u036f]")
_DAY = r"\d{4}-\d{2}-\d{2}|yesterday|today"
_TIMES = re.compile(
    rf"""^(?P<title>.*?\S)\s(?:from\s|between\s)?
    (?:(?P<first_day>{_DAY})\s)?(?P<first_hour>\d{{1,2}})[:.](?P<first_minute>\d{{2}})
    \s?(?:-|–|—|\bto\b|\buntil\b|\btill\b|\band\b)\s?
    (?:(?P<last_day>{_DAY})\s)?(?P<last_hour>\d{{1,2}})[:.](?P<last_minute>\d{{2}})$""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


class TwoKinds(WatchfloorError):
    """Begin with only one of `drill`, `private` and `afterwards`. Nothing was opened. `/incident declare private`
    opens a form that also takes when a past incident began and ended."""


class Kind(StrEnum):
    """The kind of declaration, given by a word before the title."""

    NOW = "now"
    AFTERWARDS = "afterwards"
    PRIVATE = "private"
    DRILL = "drill"


class Declaration(Struct, frozen=True):
    """The declaration typed after `/incident declare`."""

    severity: str | None
    title: str
    kind: Kind = Kind.NOW


class Scope(Struct, frozen=True):
    """An incident's type, and the sites and partners affected."""

    type: str = OTHER
    sites: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()


def read_declaration(typed_declaration: str) -> Declaration:
    """`S1 IVR down in Manila`, `IVR down in Manila S1`, `afterwards S1 …` or `S1 drill …` taken apart. A first word
    that looks like a severity but is none is refused."""
    kind, text = _split_kind(without_quotes(typed_declaration))
    check_only_kind(kind, _split_kind(text)[0])
    match = _SEVERITY_FIRST.match(text)
    if match is None and (last := _SEVERITY_LAST.search(text)):
        return Declaration(read_severity(last["severity"]), clean_title(without_quotes(text[: last.start()])), kind)
    if match is None:
        return Declaration(None, clean_title(text), kind)
    text = without_quotes(text[match.end() :])
    check_only_kind(kind, _split_kind(text)[0])
    if kind == Kind.NOW:
        kind, text = _split_kind(text)
    return Declaration(read_severity(match["severity"]), clean_title(text), kind)


def split_severity(text: str) -> tuple[str, str]:
    """`sev 0, Cebu too` as the severity, as it was typed, and the rest; the whole text if it begins with none."""
    match = _SEVERITY_FIRST.match(text)
    return (match["severity"], text[match.end() :]) if match else (text, "")


def check_only_kind(kind: Kind, other: Kind) -> None:
    """Refuse two kinds: one of them would be ignored, and an incident public or counted that must not be."""
    if Kind.NOW not in (kind, other) and kind != other:
        raise TwoKinds()


def without_quotes(text: str) -> str:
    """The text without the quotes around it; one that has more of them keeps all."""
    text = text.strip()
    quotes, quoted_text = text[:1] + text[-1:], text[1:-1]
    return quoted_text.strip() if quotes in _QUOTES and not {*quotes} & {*quoted_text} else text


def _split_kind(text: str) -> tuple[Kind, str]:
    match = _KIND_FIRST.match(text)
    if match is None:
        return Kind.NOW, text
    kinds = {str(kind): kind for kind in Kind}
    return kinds.get(match["kind"].lower(), Kind.AFTERWARDS), without_quotes(text[match.end() :])


def fold(text: str) -> str:
    """Return text folded for comparison: without case and accents. `Bogotá` and `bogota` become equal."""
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold()))


def recognise(
    text: str, recognised_by: Mapping[str, Sequence[str]], sites: Iterable[str], partners: Iterable[str]
) -> Scope:
    """The type, sites and partners named in a text."""
    return Scope(
        recognise_type(text, recognised_by),
        tuple(places_in_title(text, sites)),
        tuple(places_in_title(text, partners)),
    )


def recognise_type(title: str, recognised_by: Mapping[str, Sequence[str]]) -> str:
    """The type of the longest recognised phrase in the title; `other` if there is none."""
    title_words = " ".join(["", *re.findall(r"[\w-]+", fold(title)), ""])
    matches = [
        (-len(phrase), kind)
        for kind, phrases in recognised_by.items()
        for phrase in phrases
        if f" {fold(phrase)} " in title_words
    ]
    return min(matches)[1] if matches else OTHER


def places_in_title(title: str, places: Iterable[str]) -> list[str]:
    """The sites or partners that the title names."""
    title_words = significant_words(title)
    return [place for place in places if significant_words(place) and significant_words(place) <= title_words]


# Cached, because a declaration is compared with every open incident.
@lru_cache(maxsize=1024)
def significant_words(title: str) -> frozenset[str]:
    """The words of a title that tell incidents apart."""
    return frozenset(word for word in re.findall(r"\w+", fold(title)) if word not in STOP_WORDS)


def find_duplicates(title: str, numbered_titles: Iterable[tuple[int, str]]) -> list[int]:
    """The numbers of the `(number, title)` pairs that resemble the title, most similar first.

    Similarity is the share of common words in the shorter of the two titles (overlap coefficient, 0 to 1).
    """
    own_words = significant_words(title)
    scores: list[tuple[float, int]] = []
    for number, other_title in numbered_titles:
        other_words = significant_words(other_title)
        shared_count = len(own_words & other_words)
        smaller_count = min(len(own_words), len(other_words))
        if smaller_count and shared_count / smaller_count > DUPLICATE_THRESHOLD:
            scores.append((-shared_count / smaller_count, number))
    return [number for _, number in sorted(scores)]


class Past(Struct, frozen=True):
    """An incident that is over, as typed: its title, start and end."""

    title: str
    started_at: datetime
    ended_at: datetime
    # About the times that could have been others.
    notes: str = ""


def read_past(typed_text: str, timezone: str, now: datetime) -> Past | None:
    """`IVR down from 14:05 to 15:20` taken apart, the times in the writer's zone; None when it lacks one of them.

    A beginning without a day is the last such time that was, an end without a day the first one after it. Raises
    `NoSuchTime` and what `rules.check_past` raises.
    """
    match = _TIMES.match(" ".join(typed_text.split()))
    if match is None:
        return None
    try:
        started_at = read_time(match["first_day"], match["first_hour"], match["first_minute"], timezone, now)
        ended_at = _end(match, timezone, started_at, now)
    except TimeInFuture:
        raise rules.StillToCome() from None
    rules.check_past(started_at, ended_at, now)
    notes = "".join(_note(at, timezone) for at in (started_at, ended_at) if is_repeated(at, timezone))
    return Past(match["title"].rstrip(" ,;:.–—-"), started_at, ended_at, notes)


def _note(at: datetime, timezone: str) -> str:
    local = at.astimezone(zone_of(timezone))
    return wording.TIME_REPEATED.format(time=f"{local:%H:%M}", which="second" if local.fold else "first")


def _end(match: re.Match[str], timezone: str, started_at: datetime, now: datetime) -> datetime:
    if match["last_day"]:
        return read_time(match["last_day"], match["last_hour"], match["last_minute"], timezone, now)
    day = started_at.astimezone(zone_of(timezone)).date()
    ends = (
        read_time((day + timedelta(days=days)).isoformat(), match["last_hour"], match["last_minute"], timezone, now)
        for days in (0, 1)
    )
    return next(at for at in ends if at > started_at)
