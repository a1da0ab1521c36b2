"""Read the rows of a file by its plan. A row that cannot be read is reported by its line, with the reason."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice, repeat
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.impact.reading.plan import Plan, when_texts
from bot.impact.reading.vocabulary import LENGTHS, NUMBERS, QUEUE_PARTS, Meaning, is_totals, unit_of
from bot.impact.rules.figures import NAMES, Amount
from bot.sources.tabular import cells, moments
from bot.sources.tabular.cells import NotReadable
from bot.sources.tabular.moments import Clock
from bot.sources.tabular.text_table import Cells

LONGEST_NAME = 100
CACHE_SIZE = 50_000
ROWS_PER_BLOCK = 100
M = Meaning


class QueueName(NamedTuple):
    """A queue's name, with its site, partner, language and channel where the file gives them."""

    queue: str
    site: str = ""
    partner: str = ""
    language: str = ""
    channel: str = ""

    @property
    def label(self) -> str:
        """The name that distinguishes it from other queues."""
        return " · ".join(filter(None, self))


class ReadRow(NamedTuple):
    """An interval of a queue; figures in the order of `NAMES`. `starts_at` is seconds since 1970."""

    line: int
    queue: QueueName
    starts_at: int
    interval_s: int
    figures: tuple[Amount, ...]


class LeftOut(NamedTuple):
    """A row that is not used, and why."""

    line: int
    reason: str


_FIGURES = tuple(map(Meaning, NAMES))
_TOTALS_OF = {M.HANDLING: M.AHT, M.WAITING: M.ASA}


class _Totals(NotReadable):
    """A row of totals: it would count everything twice."""


class _Queues(dict[tuple[str, ...], QueueName]):
    """Queues by the cells that name them."""

    def __init__(self, default: str) -> None:
        self._default = default

    def __missing__(self, texts: tuple[str, ...]) -> QueueName:
        tidy_texts = [" ".join(text.split())[:LONGEST_NAME] for text in texts]
        if is_totals(tidy_texts[0]):
            raise _Totals("a row of totals")
        if not (tidy_texts[0] or self._default):
            raise NotReadable("it names no queue")
        self[texts] = QueueName(tidy_texts[0] or self._default, *tidy_texts[1:])
        return self[texts]


class _Amounts(dict[str, Amount]):
    """A cache of a column's amounts by their texts; most texts recur."""

    def __init__(self, plan: Plan, at: int, meaning: Meaning) -> None:
        self._read = reader_of(meaning, plan.sheet.header[at], plan.decimal, is_percent=plan.is_percent)
        self._name = meaning.replace("_", " ").removesuffix(" s")

    def __missing__(self, text: str) -> Amount:
        try:
            amount = self._read(text)
        except NotReadable as reason:
            raise NotReadable(f"{self._name}: {reason}") from None
        if len(self) > CACHE_SIZE:
            self.clear()
        self[text] = amount
        return amount


class _Starts(dict[tuple[str, ...], tuple[int, int] | None]):
    """A cache of interval starts and lengths by their cells; None where the clock shows a time twice."""

    def __init__(self, plan: Plan, zone: ZoneInfo, columns: Sequence[int]) -> None:
        self._plan, self._clock, self._columns = plan, Clock(zone), columns

    def __missing__(self, texts: tuple[str, ...]) -> tuple[int, int] | None:
        start = self._start(texts)
        start_and_length = self._clock.moment(start.at, None), start.length_s or self._plan.interval_s
        if len(self) > CACHE_SIZE:
            self.clear()
        self[texts] = None if self._clock.is_repeated(start.at) else start_and_length
        return self[texts]

    def repeated(self, texts: tuple[str, ...], queue: QueueName) -> tuple[int, int]:
        """The start for a time that the clock shows twice: the second row of a queue is an hour later."""
        start = self._start(texts)
        return self._clock.moment(start.at, queue), start.length_s or self._plan.interval_s

    def _start(self, texts: tuple[str, ...]) -> moments.Local:
        if any(is_totals(text) for text in texts):
            raise _Totals("a row of totals")
        row = dict(zip(self._columns, texts, strict=True))
        day, clock = when_texts(self._plan, row)
        if not day:
            raise NotReadable("it does not say when it was")
        return moments.read_start(
            day, clock, day_first=self._plan.day_first, ignore_zone=self._plan.columns.ignore_zone
        )


def read_rows(plan: Plan, zone: ZoneInfo) -> Iterator[ReadRow | LeftOut]:
    """Read every row of a file with an interval per row, in order. Written for speed: files have a million rows."""
    reader, rows = _Reader(plan, zone), plan.sheet.rows()
    while block := list(islice(rows, ROWS_PER_BLOCK)):
        yield from reader.read(block)
        # Yield to the bot's other threads: otherwise they would get a turn only every 5 ms.
        time.sleep(0)


class _Reader:
    """Reads rows by the hundred, column by column: per-row work takes most of an import's time."""

    def __init__(self, plan: Plan, zone: ZoneInfo) -> None:
        self._plan, self._width = plan, len(plan.sheet.header)
        self._queue_columns = _queue_columns(plan)
        self._queues = _Queues(plan.columns.queue)
        self._time_columns = plan.places(M.DATE, M.START, M.TIME)
        self._starts = _Starts(plan, zone, self._time_columns)
        self._amounts = {
            meaning: (at, _Amounts(plan, at, meaning))
            for at, meaning in enumerate(plan.columns.meanings)
            if meaning in NUMBERS
        }

    def read(self, rows: list[Cells]) -> Sequence[ReadRow | LeftOut]:
        """Read a block; if a row in it cannot be read, read each half by itself, down to that row."""
        try:
            return self._read_block(rows)
        except NotReadable as reason:
            if len(rows) == 1:
                [(line, cells)] = rows
                return [LeftOut(line, _reason(self._plan, cells, reason))]
        middle = len(rows) // 2
        return [*self.read(rows[:middle]), *self.read(rows[middle:])]

    def _read_block(self, rows: list[Cells]) -> list[ReadRow]:
        lines, cells = zip(*rows, strict=True)
        if min(map(len, cells)) < self._width:
            cells = tuple(row + [""] * (self._width - len(row)) for row in cells)
        queues = list(map(self._queues.__getitem__, _cells_of_columns(cells, self._queue_columns)))
        starts = self._starts_of(list(_cells_of_columns(cells, self._time_columns)), queues)
        amounts = {
            meaning: [amounts_by_text[row[at]] for row in cells]
            for meaning, (at, amounts_by_text) in self._amounts.items()
        }
        _check_any_known(amounts.values())
        _add_averages(amounts)
        figures = zip(*(amounts.get(meaning, repeat(None, len(rows))) for meaning in _FIGURES), strict=True)
        return list(map(ReadRow, lines, queues, *zip(*starts, strict=True), figures))

    def _starts_of(self, time_cells: list[tuple[str, ...]], queues: list[QueueName]) -> list[tuple[int, int]]:
        starts = list(map(self._starts.__getitem__, time_cells))
        clear_starts = [start for start in starts if start is not None]
        if len(clear_starts) == len(starts):
            return clear_starts
        if len(starts) > 1:
            raise NotReadable("the clock shows it twice")
        return [self._starts.repeated(time_cells[0], queues[0])]


def _cells_of_columns(rows: Sequence[list[str]], columns: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """The cells of these columns, row by row; -1 stands for a column that the file does not have."""
    return zip(
        *([row[column] for row in rows] if column >= 0 else repeat("", len(rows)) for column in columns),
        strict=True,
    )


def _check_any_known(columns: Collection[Sequence[Amount]]) -> None:
    """Raise `NotReadable` if a row has no figure at all."""
    if all(None in amounts for amounts in columns) and (
        not columns or (None,) * len(columns) in zip(*columns, strict=True)
    ):
        raise NotReadable("none of its figures is known")


def _add_averages(amounts: dict[Meaning, list[Amount]]) -> None:
    """Turn total times into averages over answered contacts, where these are known."""
    for whole, average in _TOTALS_OF.items():
        if whole in amounts and M.ANSWERED in amounts:
            averages = amounts.get(average) or repeat(None)
            amounts[average] = [
                sum_ / answered if mean is None and sum_ is not None and answered else mean
                for mean, sum_, answered in zip(averages, amounts[whole], amounts[M.ANSWERED], strict=False)
            ]


def queue_reader(plan: Plan) -> Callable[[Sequence[str]], QueueName]:
    """A function that gives a row's queue. It raises `NotReadable` if the row names none, or is a row of totals."""
    queues = _Queues(plan.columns.queue)
    # The empty cell after the last one stands for what the file does not have.
    cells_of = itemgetter(*(at if at >= 0 else len(plan.sheet.header) for at in _queue_columns(plan)))
    return lambda row: queues[cells_of(row)]


def _queue_columns(plan: Plan) -> list[int]:
    """The columns with the parts of a queue's name; -1 for those that the file does not have."""
    return [next(iter(plan.places(part)), -1) for part in QUEUE_PARTS]


def padded_rows(plan: Plan) -> Iterator[Cells]:
    """The rows with as many cells as the header, and an empty one after them."""
    width = len(plan.sheet.header)
    for line, row in plan.sheet.rows():
        if len(row) != width:
            row = row[:width] + [""] * (width - len(row))
        row.append("")
        yield line, row


def _reason(plan: Plan, row: Sequence[str], reason: NotReadable) -> str:
    """Why a row is left out; for a row of totals, its other defects do not matter."""
    columns = plan.places(M.DATE, M.START, M.TIME, M.QUEUE)
    return (
        "a row of totals" if any(is_totals(row[column]) for column in columns if column < len(row)) else str(reason)
    )


def reader_of(meaning: Meaning, name: str, decimal: str, *, is_percent: bool) -> Callable[[str], Amount]:
    """A function that reads the cells of a figure; its `name` in the file says their unit."""
    if meaning == M.SERVICE_LEVEL:
        return lambda text: cells.read_share(text, decimal, is_percent=is_percent)
    if meaning in LENGTHS:
        unit_s = cells.UNITS_S[unit_of(name)]
        return lambda text: cells.read_length(text, decimal, unit_s)
    return lambda text: cells.read_number(text, decimal)
