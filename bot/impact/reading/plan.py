"""How to read a file: what its columns hold, how dates and decimals are written, how long intervals are."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from bot.impact.reading.errors import NoQueue, NoTimes
from bot.impact.reading.vocabulary import COUNTS, NUMBERS, WHEN, Meaning, meaning_of, threshold_of
from bot.sources.tabular import cells, moments
from bot.sources.tabular.cells import NotReadable
from bot.sources.tabular.sheet import Sheet, is_moment

SAMPLE = 4_000
INTERVALS_S = (300, 600, 900, 1800, 3600, moments.DAY_S)
USUAL_INTERVAL_S = 1800
_YEAR_FIRST = re.compile(r"\d{4}-")
_SHORT_DAY = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d")
_TITLE_NAMES_QUEUE = re.compile(r"\b(?:queue|cola|skill|split|vdn)\b[\s:]+(\S.{0,60})", re.IGNORECASE)


class ColumnMap(Struct, frozen=True):
    """What users may change: the meaning of each column, the queue of a file without one, how times are read."""

    meanings: tuple[Meaning, ...]
    queue: str = ""
    day_first: bool | None = None
    ignore_zone: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form that is stored for the next file of that shape."""
        return {
            "meanings": list(self.meanings),
            "queue": self.queue,
            "day_first": self.day_first,
            "ignore_zone": self.ignore_zone,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ColumnMap":
        """The column map from its stored form."""
        meanings = tuple(Meaning(name) for name in kept["meanings"])
        return cls(meanings, kept.get("queue", ""), kept.get("day_first"), bool(kept.get("ignore_zone")))


class Plan(Struct, frozen=True):
    """Everything decided before the first row is read."""

    sheet: Sheet
    columns: ColumnMap
    decimal: str
    day_first: bool
    # The file itself, or a user, settled whether the day comes first.
    is_day_certain: bool
    interval_s: int
    is_percent: bool
    thresholds: tuple[int, ...] = ()
    has_short_days: bool = False
    notes: tuple[str, ...] = field(default=())

    def places(self, *meanings: Meaning) -> list[int]:
        """The places of the columns with these meanings."""
        return [at for at, meaning in enumerate(self.columns.meanings) if meaning in meanings]

    @property
    def is_wide(self) -> bool:
        """True if every interval is a column, not a row."""
        return not self.places(*WHEN) and any(is_moment(name) for name in self.sheet.header)

    @property
    def is_call_log(self) -> bool:
        """True if every row is a call."""
        return bool(self.places(Meaning.CALL)) and not self.places(*NUMBERS)


def recognise(sheet: Sheet) -> ColumnMap:
    """Recognise the columns by their names; of two with the same meaning, the first counts."""
    taken: set[Meaning] = set()
    meanings: list[Meaning] = []
    for name in sheet.header:
        meaning = Meaning.IGNORED if is_moment(name) else meaning_of(name)
        meaning = Meaning.IGNORED if meaning in taken else meaning
        taken.add(meaning)
        meanings.append(meaning)
    return ColumnMap(tuple(meanings), queue=_queue_in_titles(sheet.titles))


def _queue_in_titles(titles: Iterable[str]) -> str:
    matches = (_TITLE_NAMES_QUEUE.search(title) for title in titles)
    return next((match[1].strip() for match in matches if match), "")


def plan(sheet: Sheet, columns: ColumnMap, *, needs_queue: bool = True) -> Plan:
    """Plan how to read the file with these columns. Raises `NoTimes` or `NoQueue`."""
    made = Plan(sheet, columns, ".", True, False, USUAL_INTERVAL_S, False)
    if not made.is_wide and not made.places(Meaning.START, Meaning.DATE):
        raise NoTimes(name=sheet.path.name)
    if needs_queue and not columns.queue and not made.places(Meaning.QUEUE):
        raise NoQueue(name=sheet.path.name)
    rows = [row for _, row in islice(sheet.rows(), SAMPLE)]
    certain = columns.day_first if columns.day_first is not None else _day_first(made, rows)
    made = replace(made, day_first=certain is not False, is_day_certain=certain is not None)
    return replace(
        made,
        decimal="." if sheet.is_workbook else _decimal(made, rows),
        has_short_days=_has_short_days(made, rows),
        interval_s=_interval_s(made, rows),
        is_percent=_is_percent(made, rows),
        thresholds=tuple(sorted({at for at in map(threshold_of, sheet.header) if at})),
    )


def _column(rows: Sequence[Sequence[str]], places: Iterable[int]) -> list[str]:
    return [row[at].strip() for at in places for row in rows if at < len(row)]


def _decimal(made: Plan, rows: Sequence[Sequence[str]]) -> str:
    places = made.places(*NUMBERS) or [at for at, name in enumerate(made.sheet.header) if is_moment(name)]
    return cells.decimal_sign(_column(rows, places), _column(rows, made.places(*COUNTS)))


def _day_first(made: Plan, rows: Sequence[Sequence[str]]) -> bool | None:
    """Whether the day comes first, from the whole file: `13/02` in its last row settles all the others. Dates that
    begin with the year need no answer, so a file of a million of them is not read again for it."""
    places = made.places(Meaning.DATE, Meaning.START)
    if made.sheet.is_workbook or not places or all(map(_YEAR_FIRST.match, filter(None, _column(rows, places)))):
        return None
    seen: set[str] = set()
    for _, row in made.sheet.rows():
        for at in places:
            if at < len(row) and (day := row[at][:10]) not in seen:
                seen.add(day)
                if (answer := moments.says_day_first([day])) is not None:
                    return answer
    return None


def _has_short_days(made: Plan, rows: Sequence[Sequence[str]]) -> bool:
    """True if there are dates such as `03/04/2026`, which can be read in two ways."""
    return any(map(_SHORT_DAY.match, _column(rows, made.places(Meaning.DATE, Meaning.START))))


def _is_percent(made: Plan, rows: Sequence[Sequence[str]]) -> bool:
    """True if the imported service levels go up to 100, not to 1."""
    places = made.places(Meaning.SERVICE_LEVEL)
    if any("%" in made.sheet.header[at] for at in places):
        return True
    for text in _column(rows, places):
        try:
            share = cells.read_share(text, ",", is_percent=False) if "," in text else float(text)
        except (NotReadable, ValueError):
            continue
        if share is not None and share > 1:
            return True
    return False


def _interval_s(made: Plan, rows: Sequence[Sequence[str]]) -> int:
    """The length of the intervals: from their ranges or ends, else the usual distance between starts."""
    starts, lengths = [], Counter[int]()
    for row in rows:
        try:
            start = start_of(made, row)
        except NotReadable:
            continue
        starts.append(start.at.replace(tzinfo=None))
        if length_s := start.length_s or _until_end(made, row, start):
            lengths[length_s] += 1
    if not lengths:
        distances = ((b - a).total_seconds() for a, b in pairwise(starts))
        lengths = Counter(int(each) for each in distances if each > 0)
    usual = [length for length, _ in lengths.most_common() if length in INTERVALS_S]
    return usual[0] if usual else USUAL_INTERVAL_S


def _until_end(made: Plan, row: Sequence[str], start: moments.Local) -> int | None:
    for at in made.places(Meaning.END):
        end = moments.read_start(row[at], "", day_first=made.day_first)
        if end.is_moment == start.is_moment:
            return int((end.at - start.at).total_seconds())
    return None


def start_of(made: Plan, row: Sequence[str]) -> moments.Local:
    """When the interval of a row begins. Raises `NotReadable` if the row does not say."""
    date_text, time_text = when_texts(made, row)
    return moments.read_start(date_text, time_text, day_first=made.day_first, ignore_zone=made.columns.ignore_zone)


def when_texts(made: Plan, row: Sequence[str] | Mapping[int, str]) -> tuple[str, str]:
    """The texts of the date and the time; one cell may hold both."""
    cells_at = row if isinstance(row, Mapping) else dict(enumerate(row))

    def text(meaning: Meaning) -> str:
        return next((cells_at[at].strip() for at in made.places(meaning) if at in cells_at), "")

    day, start = text(Meaning.DATE), text(Meaning.START)
    clock = text(Meaning.TIME)
    if day:
        return day, clock or (start if ":" in start and len(start) <= len("12:00:00 AM") else "")
    return start, clock
