"""The board: open cases by time left until they breach, and the arithmetic that makes a case red or amber."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from msgspec import Struct

from bot.cases.rules.states import Phase

# A case is red if the time left does not cover the wait for an engineer plus this margin.
SAFETY_S = 5 * 60
AMBER_SHARE = 0.25
RED, AMBER, GREEN, PAUSED = "red", "amber", "green", "paused"
UNASSIGNED, REOPENED, SENSITIVE, MINE = "unassigned", "reopened", "sensitive", "mine"
LONGEST_PAGE = 3
FILTERS = (RED, AMBER, UNASSIGNED, REOPENED, SENSITIVE, MINE)


@dataclass(slots=True)
class OpenCase:
    """An open case as the board needs it. `due_at` is None while the clock is paused, and without a target."""

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
    # Derived fields, computed once because the board scans all cases each time. Times are seconds since 1970.
    is_unassigned: bool = field(init=False)
    is_waiting: bool = field(init=False)
    # The person working on it, "" if nobody is.
    worker: str = field(init=False)
    due_s: float = field(init=False)
    amber_s: float = field(init=False)
    snoozed_s: float = field(init=False)
    marks: tuple[str, ...] = field(init=False)
    order: tuple[float, str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.is_unassigned = not (self.owner or self.owner_id)
        self.is_waiting = self.is_unassigned and self.due_at is not None
        self.worker = (self.owner_id or self.owner).casefold() if self.phase == Phase.WORKING else ""
        self.amber_s = (self.target_s or 0) * AMBER_SHARE
        self.due_s = self.due_at.timestamp() if self.due_at else math.inf
        self.snoozed_s = self.snoozed_until.timestamp() if self.snoozed_until else -math.inf
        marks = ((UNASSIGNED, self.is_unassigned), (REOPENED, self.reopened), (SENSITIVE, self.is_sensitive))
        self.marks = tuple(name for name, applies in marks if applies)
        self.order = (self.due_s, self.priority, self.number)


class Capacity(Struct, frozen=True):
    """A team's free engineers, the cases each of them takes per hour, and how many engineers there are.

    Without free engineers the pick-up time is unknown. `is_rostered`: the engineers are those on shift.
    """

    free: int = 0
    per_hour: float = 1.0
    on: int = 0
    is_rostered: bool = False

    @property
    def is_known(self) -> bool:
        """True if the floor says how many people work on the team's cases."""
        return self.is_rostered or self.on > 0

    @property
    def takers(self) -> int:
        """The engineers that are expected to take the waiting cases: those who are free, or else all at work, or
        else one. 0 if nothing is known of the team."""
        return self.free or self.on or int(self.is_rostered)


class Entry(Struct, frozen=True):
    """A case with its arithmetic. `position` is its place among the waiting cases of its team, 0 if it is not
    waiting. `free` is the number of free engineers in its team, None if the floor does not say how many there are;
    `on_shift` is how many are on shift according to the roster. `pickup` is the time until an engineer is expected
    to take it, None if unknown."""

    case: OpenCase
    position: int
    free: int | None
    pickup: timedelta | None
    left: timedelta | None
    colour: str
    on_shift: int | None = None

    @property
    def is_breached(self) -> bool:
        """True if the deadline has passed."""
        return self.left is not None and self.left <= timedelta()


class Wanted(Struct, frozen=True):
    """Which cases to show: a filter, words to search for (such as a region, team or customer), a page (from 0)."""

    filter: str = ""
    words: tuple[str, ...] = ()
    by: str = ""
    page: int = 0


class Board(Struct, frozen=True):
    """A page of the board, the counts by colour and mark (without snoozed cases), and how many cases match."""

    entries: Sequence[Entry]
    total: int
    counts: Mapping[str, int]
    wanted: Wanted
    matching: int


def read_wanted(typed: str, by: str) -> Wanted:
    """`red EMEA 2` as a filter, words and a page, which is a short number at the end; others are of cases."""
    words, page = typed.casefold().split(), 1
    if words and words[-1].isascii() and words[-1].isdigit() and len(words[-1]) <= LONGEST_PAGE:
        page = int(words.pop())
    filter_name = next((word for word in words if word in FILTERS), "")
    search_words = tuple(word for word in words if word not in FILTERS)
    return Wanted(filter_name, search_words, by, max(0, page - 1))


class Ranking:
    """Every open case in the order of the board; an entry's arithmetic is built when it is read."""

    def __init__(self, cases: Sequence[OpenCase], capacity: Mapping[str, Capacity], now: datetime) -> None:
        self.cases = cases
        self.now_s = now.timestamp()
        self._capacity, self._now = capacity, now
        self._positions = _positions(cases)
        self.colours = _colours(cases, self._positions, capacity, self.now_s)

    def __len__(self) -> int:
        return len(self.cases)

    def __iter__(self) -> Iterator[Entry]:
        return (self[index] for index in range(len(self.cases)))

    def __getitem__(self, index: int) -> Entry:
        case, position = self.cases[index], self._positions[index]
        team = self._capacity.get(case.team, Capacity())
        time_left = case.due_at - self._now if case.due_at is not None else None
        pickup = expected_pickup(position, team)
        free = team.free if case.team in self._capacity else None
        on_shift = team.on if team.is_rostered else None
        return Entry(case, position, free, pickup, time_left, self.colours[index], on_shift)


def _positions(cases: Sequence[OpenCase]) -> list[int]:
    """The place of each case among the waiting cases of its team; 0 if it is not waiting."""
    waiting_counts: dict[str, int] = {}
    positions = []
    for case in cases:
        position = 0
        if case.is_waiting:
            position = waiting_counts[case.team] = waiting_counts.get(case.team, 0) + 1
        positions.append(position)
    return positions


def _colours(
    cases: Sequence[OpenCase], positions: Sequence[int], capacity: Mapping[str, Capacity], now_s: float
) -> list[str]:
    """The colour of each case, by whether the time left covers the expected pick-up. One loop over plain seconds,
    because there are many thousand cases. A busy team does not make its queue safe: it waits at least as long as
    behind everybody at work."""
    waits = {
        team: (team_capacity.takers, 3_600 / team_capacity.per_hour)
        for team, team_capacity in capacity.items()
        if team_capacity.takers
    }
    safe_from, colours = now_s + SAFETY_S, []
    for case, position in zip(cases, positions, strict=True):
        slack_s = case.due_s - safe_from
        if position and case.team in waits:
            takers, seconds_per_case = waits[case.team]
            slack_s -= -(-position // takers) * seconds_per_case
        if slack_s < 0:
            colours.append(RED)
        elif slack_s < case.amber_s:
            colours.append(AMBER)
        else:
            colours.append(GREEN if case.due_at is not None else PAUSED)
    return colours


def expected_pickup(position: int, team: Capacity) -> timedelta | None:
    """The time until an engineer takes the case at place k of the queue: ceil(k / m) / mu, with m free engineers
    who take mu cases per hour each. None without free engineers."""
    if position == 0:
        return timedelta()
    if team.free == 0:
        return None
    return timedelta(hours=math.ceil(position / team.free) / team.per_hour)


def board(ranking: Ranking, wanted: Wanted, now: datetime, per_page: int) -> Board:
    """A page of the wanted cases; snoozed cases return when their time is over or they breach."""
    cases, colours, now_s = ranking.cases, ranking.colours, now.timestamp()
    unsnoozed = [index for index, case in enumerate(cases) if case.snoozed_s <= now_s or case.due_s <= now_s]
    counts = Counter(colours[index] for index in unsnoozed)
    counts.update(chain.from_iterable(cases[index].marks for index in unsnoozed))
    counts["breached"] = sum(case.due_s <= now_s for case in cases)
    counts["snoozed"] = len(cases) - len(unsnoozed)
    is_wanted = _filter_of(wanted)
    matching = [index for index in unsnoozed if is_wanted(cases[index], colours[index])] if is_wanted else unsnoozed
    page = min(wanted.page, max(0, (len(matching) - 1) // per_page))
    wanted_page = Wanted(wanted.filter, wanted.words, wanted.by, page)
    entries = [ranking[index] for index in matching[page * per_page :][:per_page]]
    return Board(entries, len(ranking), counts, wanted_page, len(matching))


def _filter_of(wanted: Wanted) -> Callable[[OpenCase, str], bool] | None:
    """A predicate on a case and its colour; None if every case is wanted."""
    if not wanted.filter and not wanted.words:
        return None

    def is_match(case: OpenCase, colour: str) -> bool:
        if wanted.filter == MINE and case.owner_id != wanted.by:
            return False
        if wanted.filter not in ("", MINE, colour, *case.marks):
            return False
        text = f"{case.name} {case.customer} {case.region} {case.team} {case.priority} {case.title}".casefold()
        return all(word in text for word in wanted.words)

    return is_match
