"""The board: open cases by the time left until they breach, with the arithmetic that makes one red or amber."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# A case is red when the time left does not cover the wait for an engineer and this.
SAFETY = timedelta(minutes=5)
AMBER_SHARE = 0.25
RED, AMBER, GREEN, PAUSED = "red", "amber", "green", "paused"
UNASSIGNED, REOPENED, SENSITIVE, MINE = "unassigned", "reopened", "sensitive", "mine"
FILTERS = (RED, AMBER, UNASSIGNED, REOPENED, SENSITIVE, MINE)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What the board needs of an open case. `due_at` is None while it is paused, and without a target."""

    number: int
    name: str
    title: str
    customer: str
    priority: str
    region: str
    team: str
    owner: str
    owner_id: str | None
    phase: str
    due_at: datetime | None
    target_s: int | None
    opened_at: datetime
    reopened: int
    is_sensitive: bool
    snoozed_until: datetime | None
    url: str

    @property
    def is_unassigned(self) -> bool:
        """Does nobody work on it?"""
        return not (self.owner or self.owner_id)


@dataclass(frozen=True, slots=True)
class Capacity:
    """A team: how many engineers are free, and how many cases each takes on in an hour. Without engineers
    nothing is known of when a case is picked up."""

    free: int = 0
    per_hour: float = 1.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A case with its arithmetic. `position` is its place among the waiting cases of its team, 0 when it does not
    wait; `pickup` how long until an engineer is expected to take it, None when that is not known."""

    case: OpenCase
    position: int
    free: int
    pickup: timedelta | None
    left: timedelta | None
    colour: str

    @property
    def is_breached(self) -> bool:
        """Is the deadline over?"""
        return self.left is not None and self.left <= timedelta()


@dataclass(frozen=True)
class Wanted:
    """Which cases are shown: a filter, words of region, team or customer, a page (from 0)."""

    filter: str = ""
    words: tuple[str, ...] = ()
    by: str = ""
    page: int = 0


@dataclass(frozen=True)
class Board:
    """A page, and how many there are of each: of all open cases, and of those that were asked for."""

    entries: Sequence[Entry]
    total: int
    counts: Mapping[str, int]
    wanted: Wanted
    matching: int


def read_wanted(typed: str, by: str) -> Wanted:
    """`red EMEA 2` as a filter, words and a page."""
    words = typed.casefold().split()
    page = next((int(word) - 1 for word in words if word.isascii() and word.isdigit() and 0 < len(word) < 5), 0)
    named = next((word for word in words if word in FILTERS), "")
    rest = tuple(word for word in words if word not in FILTERS and not word.isdigit())
    return Wanted(named, rest, by, max(0, page))


def rank(cases: Iterable[OpenCase], capacity: Mapping[str, Capacity], now: datetime) -> list[Entry]:
    """Every case with its arithmetic, the least time left first; what is paused or has no deadline comes last."""
    far = datetime.max.replace(tzinfo=now.tzinfo)
    in_order = sorted(cases, key=lambda case: (case.due_at or far, case.priority, case.number))
    waiting: Counter[str] = Counter()
    unknown = Capacity()
    entries = []
    for case in in_order:
        team, position = capacity.get(case.team, unknown), 0
        if case.due_at is not None and case.is_unassigned:
            waiting[case.team] += 1
            position = waiting[case.team]
        pickup = expected_pickup(position, team)
        left = case.due_at - now if case.due_at is not None else None
        entries.append(Entry(case, position, team.free, pickup, left, colour_of(left, pickup, case.target_s)))
    return entries


def expected_pickup(position: int, team: Capacity) -> timedelta | None:
    """How long until an engineer takes the case at this place of the queue: ceil(k / m) / mu, with m free
    engineers who take mu cases an hour each. Not known without engineers."""
    if position == 0:
        return timedelta()
    if team.free == 0:
        return None
    return timedelta(hours=math.ceil(position / team.free) / team.per_hour)


def colour_of(left: timedelta | None, pickup: timedelta | None, target_s: int | None) -> str:
    """Red when the time left, the wait and the safety do not fit; amber under a quarter of the target."""
    if left is None:
        return PAUSED
    slack = left - (pickup or timedelta()) - SAFETY
    if slack < timedelta():
        return RED
    return AMBER if target_s and slack < timedelta(seconds=target_s * AMBER_SHARE) else GREEN


def board(entries: Sequence[Entry], wanted: Wanted, now: datetime, per_page: int) -> Board:
    """A page of what is wanted; snoozed cases are on the board again when their time is over, or they breach."""
    awake = [each for each in entries if not _sleeps(each, now)]
    counts: Counter[str] = Counter()
    for each in awake:
        for name in _marks(each):
            counts[name] += 1
    counts["snoozed"] = len(entries) - len(awake)
    shown = [each for each in awake if _is_wanted(each, wanted)]
    last = max(0, (len(shown) - 1) // per_page)
    page = min(wanted.page, last)
    chosen = Wanted(wanted.filter, wanted.words, wanted.by, page)
    return Board(shown[page * per_page :][:per_page], len(entries), counts, chosen, len(shown))


def _sleeps(entry: Entry, now: datetime) -> bool:
    until = entry.case.snoozed_until
    return until is not None and until > now and not entry.is_breached


def _marks(entry: Entry) -> list[str]:
    case = entry.case
    marks = [entry.colour]
    if entry.is_breached:
        marks.append("breached")
    if case.is_unassigned:
        marks.append(UNASSIGNED)
    if case.reopened:
        marks.append(REOPENED)
    if case.is_sensitive:
        marks.append(SENSITIVE)
    return marks


def _is_wanted(entry: Entry, wanted: Wanted) -> bool:
    if wanted.filter == MINE and entry.case.owner_id != wanted.by:
        return False
    if wanted.filter and wanted.filter != MINE and wanted.filter not in _marks(entry):
        return False
    if not wanted.words:
        return True
    case = entry.case
    text = f"{case.name} {case.customer} {case.region} {case.team} {case.priority} {case.title}".casefold()
    return all(word in text for word in wanted.words)
