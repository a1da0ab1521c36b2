"""The rows of a file, read as its plan says. A row that cannot be read is named by its line, with the reason."""

from collections.abc import Callable, Iterator, Sequence
from operator import getitem, itemgetter
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
MEMORY = 50_000
M = Meaning


class QueueName(NamedTuple):
    """Which queue it is; where and for whom, as far as the file says."""

    queue: str
    site: str = ""
    partner: str = ""
    language: str = ""
    channel: str = ""


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


_PLACES = {name: place for place, name in enumerate(NAMES)}
_TOTALS_OF = {M.HANDLING: M.AHT, M.WAITING: M.ASA}


class _Totals(NotReadable):
    """A row of totals: it would count everything twice."""


class _Queues(dict[tuple[str, ...], QueueName]):
    """Queues by the cells that name them."""

    def __init__(self, default: str) -> None:
        self._default = default

    def __missing__(self, texts: tuple[str, ...]) -> QueueName:
        tidy = [" ".join(text.split())[:LONGEST_NAME] for text in texts]
        if is_totals(tidy[0]):
            raise _Totals("a row of totals")
        if not (tidy[0] or self._default):
            raise NotReadable("it names no queue")
        self[texts] = QueueName(tidy[0] or self._default, *tidy[1:])
        return self[texts]


class _Amounts(dict[str, Amount]):
    """The amounts of a column by their texts; most texts come again and again."""

    def __init__(self, plan: Plan, at: int, meaning: Meaning) -> None:
        self._read, self._name = _reader(plan, at, meaning), meaning.replace("_", " ").removesuffix(" s")

    def __missing__(self, text: str) -> Amount:
        try:
            amount = self._read(text)
        except NotReadable as reason:
            raise NotReadable(f"{self._name}: {reason}") from None
        if len(self) > MEMORY:
            self.clear()
        self[text] = amount
        return amount


class _Starts(dict[tuple[str, ...], tuple[int, int] | None]):
    """Beginning and length of intervals by the cells that say when; None where the clock shows a time twice."""

    def __init__(self, plan: Plan, zone: ZoneInfo, places: Sequence[int]) -> None:
        self._plan, self._clock, self._places = plan, Clock(zone), places

    def __missing__(self, texts: tuple[str, ...]) -> tuple[int, int] | None:
        start = self._start(texts)
        found = self._clock.moment(start.at, None), start.length_s or self._plan.interval_s
        if len(self) > MEMORY:
            self.clear()
        self[texts] = None if self._clock.is_repeated(start.at) else found
        return self[texts]

    def repeated(self, texts: tuple[str, ...], queue: QueueName) -> tuple[int, int]:
        """Of a time that the clock shows twice the second row of a queue is an hour later."""
        start = self._start(texts)
        return self._clock.moment(start.at, queue), start.length_s or self._plan.interval_s

    def _start(self, texts: tuple[str, ...]) -> moments.Local:
        if any(is_totals(text) for text in texts):
            raise _Totals("a row of totals")
        row = dict(zip(self._places, texts, strict=True))
        day, clock = when_texts(self._plan, row)
        if not day:
            raise NotReadable("it does not say when it was")
        return moments.read_start(
            day, clock, day_first=self._plan.day_first, ignore_zone=self._plan.columns.ignore_zone
        )


def read_rows(plan: Plan, zone: ZoneInfo) -> Iterator[ReadRow | LeftOut]:
    """Every row of a file with an interval a row, in its order. Written to be fast: files have a million rows."""
    queue_of, when_places = queue_reader(plan), plan.places(M.DATE, M.START, M.TIME)
    when_of, starts = _cells_at(when_places), _Starts(plan, zone, when_places)
    places = [at for at, meaning in enumerate(plan.columns.meanings) if meaning in NUMBERS]
    numbers_of, meanings = _cells_at(places), [plan.columns.meanings[at] for at in places]
    columns = [_Amounts(plan, at, meaning) for at, meaning in zip(places, meanings, strict=True)]
    in_order, has_sums = _in_order(meanings), any(meaning in _TOTALS_OF for meaning in meanings)
    width = len(columns)
    for line, row in padded_rows(plan):
        try:
            queue, when = queue_of(row), when_of(row)
            start = starts[when] or starts.repeated(when, queue)
            amounts = list(map(getitem, columns, numbers_of(row)))
        except NotReadable as reason:
            yield LeftOut(line, _reason(plan, row, reason))
            continue
        if amounts.count(None) == width:
            yield LeftOut(line, "none of its figures is known")
            continue
        amounts.append(None)
        figures = in_order(amounts)
        if has_sums:
            figures = _with_averages(figures, dict(zip(meanings, amounts, strict=False)))
        yield ReadRow(line, queue, start[0], start[1], figures)


def queue_reader(plan: Plan) -> Callable[[Sequence[str]], QueueName]:
    """Which queue a row is about; `NotReadable` when it names none, or is a row of totals."""
    queues = _Queues(plan.columns.queue)
    places = [next(iter(plan.places(part)), -1) for part in QUEUE_PARTS]
    # Behind the last cell stands an empty one, for what the file does not say.
    cells_of = _cells_at([at if at >= 0 else len(plan.sheet.header) for at in places])
    return lambda row: queues[cells_of(row)]


def padded_rows(plan: Plan) -> Iterator[Cells]:
    """The rows with as many cells as the header, and an empty one behind them."""
    width = len(plan.sheet.header)
    for line, row in plan.sheet.rows():
        if len(row) != width:
            row = row[:width] + [""] * (width - len(row))
        row.append("")
        yield line, row


def _cells_at(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    if len(places) == 1:
        [at] = places
        return lambda row: (row[at],)
    return itemgetter(*places) if places else lambda row: ()


def _in_order(meanings: Sequence[Meaning]) -> Callable[[list[Amount]], tuple[Amount, ...]]:
    """From amounts in the order of columns, with None behind them, to the order of `NAMES`."""
    places = {str(meaning): place for place, meaning in enumerate(meanings)}
    return itemgetter(*(places.get(name, len(meanings)) for name in NAMES))


def _reason(plan: Plan, row: Sequence[str], reason: NotReadable) -> str:
    """Why a row is left out; of a row of totals its other oddities are of no interest."""
    named = plan.places(M.DATE, M.START, M.TIME, M.QUEUE)
    return "a row of totals" if any(is_totals(row[at]) for at in named) else str(reason)


def _reader(plan: Plan, at: int, meaning: Meaning) -> Callable[[str], Amount]:
    decimal = plan.decimal
    if meaning == M.SERVICE_LEVEL:
        return lambda text: cells.read_share(text, decimal, is_percent=plan.is_percent)
    if meaning in LENGTHS:
        unit_s = cells.UNITS_S[unit_of(plan.sheet.header[at])]
        return lambda text: cells.read_length(text, decimal, unit_s)
    return lambda text: cells.read_number(text, decimal)


def _with_averages(figures: tuple[Amount, ...], amounts: dict[Meaning, Amount]) -> tuple[Amount, ...]:
    """Total times as averages over the answered, where these are known."""
    answered, averaged = amounts.get(M.ANSWERED), list(figures)
    for whole, average in _TOTALS_OF.items():
        place, amount = _PLACES[average], amounts.get(whole)
        if averaged[place] is None and amount is not None and answered:
            averaged[place] = amount / answered
    return tuple(averaged)
