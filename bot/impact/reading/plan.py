"""How to read a file: what its columns hold, how dates and decimals are written, how long intervals are."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.impact.reading.header import NoQueue, NoTimes
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
    def from_json(cls, stored_map: Mapping[str, Any]) -> "ColumnMap":
        meanings = tuple(Meaning(name) for name in stored_map["meanings"])
        return cls(
            meanings, stored_map.get("queue", ""), stored_map.get("day_first"), bool(stored_map.get("ignore_zone"))
        )


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
    has_short_days: bool = False

    def places(self, *meanings: Meaning) -> list[int]:
        """The places of the columns with these meanings."""
        return [column for column, meaning in enumerate(self.columns.meanings) if meaning in meanings]

    @property
    def thresholds_s(self) -> set[int]:
        """The seconds within which the file counts contacts as answered, where a column's name says so."""
        answered_in = self.places(Meaning.ANSWERED_IN)
        return {seconds for column in answered_in if (seconds := threshold_of(self.sheet.header[column]))}

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
    seen_meanings: set[Meaning] = set()
    meanings: list[Meaning] = []
    for name in sheet.header:
        meaning = Meaning.IGNORED if is_moment(name) else meaning_of(name)
        meaning = Meaning.IGNORED if meaning in seen_meanings else meaning
        seen_meanings.add(meaning)
        meanings.append(meaning)
    return ColumnMap(tuple(meanings), queue=_queue_in_titles(sheet.titles))


def _queue_in_titles(titles: Iterable[str]) -> str:
    matches = (_TITLE_NAMES_QUEUE.search(title) for title in titles)
    return next((match[1].strip() for match in matches if match), "")


def plan(sheet: Sheet, columns: ColumnMap, *, needs_queue: bool = True) -> Plan:
    """Plan how to read the file with these columns. Raises `NoTimes` or `NoQueue`."""
    file_plan = Plan(sheet, columns, ".", True, False, USUAL_INTERVAL_S, False)
    if not file_plan.is_wide and not file_plan.places(Meaning.START, Meaning.DATE):
        raise NoTimes(name=sheet.path.name)
    if needs_queue and not columns.queue and not file_plan.places(Meaning.QUEUE):
        raise NoQueue(name=sheet.path.name)
    rows = [row for _, row in islice(sheet.rows(), SAMPLE)]
    is_day_first = columns.day_first if columns.day_first is not None else _day_first(file_plan, rows)
    file_plan = replace(file_plan, day_first=is_day_first is not False, is_day_certain=is_day_first is not None)
    return replace(
        file_plan,
        decimal="." if sheet.is_workbook else _decimal(file_plan, rows),
        has_short_days=_has_short_days(file_plan, rows),
        interval_s=_interval_s(file_plan, rows),
        is_percent=_is_percent(file_plan, rows),
    )


def _column(rows: Sequence[Sequence[str]], columns: Iterable[int]) -> list[str]:
    return [row[column].strip() for column in columns for row in rows if column < len(row)]


def _decimal(file_plan: Plan, rows: Sequence[Sequence[str]]) -> str:
    columns = file_plan.places(*NUMBERS) or [
        column for column, name in enumerate(file_plan.sheet.header) if is_moment(name)
    ]
    return cells.decimal_sign(_column(rows, columns), _column(rows, file_plan.places(*COUNTS)))


def _day_first(file_plan: Plan, rows: Sequence[Sequence[str]]) -> bool | None:
    """Whether the day comes first, from the whole file: `13/02` in its last row settles all the others. Dates that
    begin with the year need no answer, so a file of a million of them is not read again for it."""
    columns = file_plan.places(Meaning.DATE, Meaning.START)
    if (
        file_plan.sheet.is_workbook
        or not columns
        or all(map(_YEAR_FIRST.match, filter(None, _column(rows, columns))))
    ):
        return None
    seen_days: set[str] = set()
    for _, row in file_plan.sheet.rows():
        for column in columns:
            if column < len(row) and (day := row[column][:10]) not in seen_days:
                seen_days.add(day)
                if (answer := moments.says_day_first([day])) is not None:
                    return answer
    return None


def _has_short_days(file_plan: Plan, rows: Sequence[Sequence[str]]) -> bool:
    """True if there are dates such as `03/04/2026`, which can be read in two ways."""
    return any(map(_SHORT_DAY.match, _column(rows, file_plan.places(Meaning.DATE, Meaning.START))))


def _is_percent(file_plan: Plan, rows: Sequence[Sequence[str]]) -> bool:
    columns = file_plan.places(Meaning.SERVICE_LEVEL)
    return are_percent((file_plan.sheet.header[column] for column in columns), _column(rows, columns))


def are_percent(names: Iterable[str], texts: Iterable[str]) -> bool:
    """True if imported service levels of these names go up to 100, not to 1."""
    if any("%" in name for name in names):
        return True
    for text in texts:
        try:
            share = cells.read_share(text, ",", is_percent=False) if "," in text else float(text)
        except (NotReadable, ValueError):
            continue
        if share is not None and share > 1:
            return True
    return False


def _interval_s(file_plan: Plan, rows: Sequence[Sequence[str]]) -> int:
    """The length of the intervals: from their ranges or ends, else the usual distance between starts."""
    starts, lengths = [], Counter[int]()
    for row in rows:
        try:
            start = start_of(file_plan, row)
        except NotReadable:
            continue
        starts.append(start.at.replace(tzinfo=None))
        if length_s := start.length_s or _until_end(file_plan, row, start):
            lengths[length_s] += 1
    if not lengths:
        distances = ((b - a).total_seconds() for a, b in pairwise(starts))
        lengths = Counter(int(each) for each in distances if each > 0)
    usual_lengths = [length for length, _ in lengths.most_common() if length in INTERVALS_S]
    return usual_lengths[0] if usual_lengths else USUAL_INTERVAL_S


def _until_end(file_plan: Plan, row: Sequence[str], start: moments.Local) -> int | None:
    for text in _column([row], file_plan.places(Meaning.END)):
        with suppress(NotReadable):
            return int(time_until(file_plan, text, start.at).total_seconds())
    return None


def time_until(file_plan: Plan, text: str, start: datetime) -> timedelta:
    """How long after `start` a cell is. A time of day alone is the next one. Raises `NotReadable`."""
    try:
        clock = moments.read_time(text)
    except NotReadable:
        at = moments.read_start(
            text, "", day_first=file_plan.day_first, ignore_zone=file_plan.columns.ignore_zone
        ).at
        if (at.tzinfo is None) != (start.tzinfo is None):
            raise NotReadable("only one of its times names a zone") from None
        if at < start:
            raise NotReadable("it ends before it begins") from None
        return at - start
    return (datetime.combine(start.date(), clock, start.tzinfo) - start) % timedelta(days=1)


def start_of(file_plan: Plan, row: Sequence[str]) -> moments.Local:
    """When the interval of a row begins. Raises `NotReadable` if the row does not say."""
    date_text, time_text = when_texts(file_plan, row)
    return moments.read_start(
        date_text, time_text, day_first=file_plan.day_first, ignore_zone=file_plan.columns.ignore_zone
    )


def when_texts(file_plan: Plan, row: Sequence[str] | Mapping[int, str]) -> tuple[str, str]:
    """The texts of the date and the time; one cell may hold both."""
    cells_at = row if isinstance(row, Mapping) else dict(enumerate(row))

    def text(meaning: Meaning) -> str:
        return next((cells_at[column].strip() for column in file_plan.places(meaning) if column in cells_at), "")

    day, start, clock = text(Meaning.DATE), text(Meaning.START), text(Meaning.TIME)
    if not day or (not clock and moments.begins_with_day(start)):
        return start, clock
    return day, clock or start
