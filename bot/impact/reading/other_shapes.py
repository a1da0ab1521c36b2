"""Files without an interval per row: forecasts with an interval per column, and logs with a call per row."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.impact.reading.plan import USUAL_INTERVAL_S, Plan, are_percent, start_of, time_until
from bot.impact.reading.rows import LeftOut, QueueName, ReadRow, padded_rows, queue_reader, read_rows, reader_of
from bot.impact.reading.vocabulary import NUMBERS, Meaning, is_totals, meaning_of
from bot.impact.rules.figures import NAMES, Amount
from bot.sources.tabular import cells, moments
from bot.sources.tabular.cells import NotReadable
from bot.sources.tabular.moments import Clock
from bot.sources.tabular.sheet import is_moment

M = Meaning
# In a file of forecasts, the plain names mean the forecast figures.
_OF_PLAN = {M.OFFERED: M.FORECAST, M.AHT: M.FORECAST_AHT, M.AGENTS: M.FORECAST_AGENTS}
_FIGURE_INDEX = {name: index for index, name in enumerate(NAMES)}


def read(plan: Plan, zone: ZoneInfo, threshold_s: Callable[[str], float]) -> Iterator[ReadRow | LeftOut]:
    """Read every row of a file of any shape.

    `threshold_s` says within how many seconds a queue's goal wants calls answered: a log of calls is counted by it.
    """
    if plan.is_wide:
        return read_wide(plan, zone)
    if plan.is_call_log:
        return read_calls(plan, zone, threshold_s)
    return read_rows(plan, zone)


def read_wide(plan: Plan, zone: ZoneInfo) -> Iterator[ReadRow | LeftOut]:
    """Read a figure per row and an interval per column. Rows of one queue are merged; there are few of them."""
    rows = [(line, _metric_name(plan, row), row) for line, row in padded_rows(plan)]
    meanings = [meaning_of(name) for _, name, _ in rows]
    is_plan, starts_or_reasons = M.FORECAST in meanings, list(_starts(plan, zone))
    yield from (reason for reason in starts_or_reasons if isinstance(reason, LeftOut))
    starts = [start for start in starts_or_reasons if not isinstance(start, LeftOut)]
    levels = [
        (name, row) for (_, name, row), metric in zip(rows, meanings, strict=True) if metric == M.SERVICE_LEVEL
    ]
    is_percent = are_percent((name for name, _ in levels), (row[at] for _, row in levels for at, _ in starts))
    intervals: dict[tuple[QueueName, int], tuple[int, list[Amount]]] = {}
    queue_of = queue_reader(plan)
    for (line, name, row), metric in zip(rows, meanings, strict=True):
        meaning = _OF_PLAN.get(metric, metric) if is_plan else metric
        if meaning not in NUMBERS or any(is_totals(cell) for cell in row[:1]):
            yield LeftOut(line, "I do not know its figure")
            continue
        read_amount = reader_of(meaning, name, plan.decimal, is_percent=is_percent)
        try:
            queue = queue_of(row)
            amounts = [(start, read_amount(row[column])) for column, start in starts]
        except NotReadable as reason:
            yield LeftOut(line, str(reason))
            continue
        for start, amount in amounts:
            _, figures = intervals.setdefault((queue, start), (line, [None] * len(NAMES)))
            figures[_FIGURE_INDEX[meaning]] = amount
    for (queue, start), (line, figures) in intervals.items():
        if any(amount is not None for amount in figures):
            yield ReadRow(line, queue, start, _wide_interval_s(starts), tuple(figures))


def _metric_name(plan: Plan, row: list[str]) -> str:
    return next((row[column] for column in plan.places(M.METRIC)), "")


def _starts(plan: Plan, zone: ZoneInfo) -> Iterator[tuple[int, int] | LeftOut]:
    """Yield the columns that are intervals, with their starts."""
    clock, ignore_zone = Clock(zone), plan.columns.ignore_zone
    for column, name in enumerate(plan.sheet.header):
        if is_moment(name):
            try:
                at = moments.read_start(name, "", day_first=plan.day_first, ignore_zone=ignore_zone).at
                yield column, clock.moment(at, "")
            except NotReadable as reason:
                yield LeftOut(plan.sheet.header_line, str(reason))


def _wide_interval_s(starts: list[tuple[int, int]]) -> int:
    distances = [b - a for (_, a), (_, b) in pairwise(starts) if b > a]
    return min(distances, default=USUAL_INTERVAL_S)


def read_calls(plan: Plan, zone: ZoneInfo, threshold_s: Callable[[str], float]) -> Iterator[ReadRow | LeftOut]:
    """Read a call per row, counted into half-hours. A call that was not answered was abandoned."""
    clock = Clock(zone)
    sums_by_interval: dict[tuple[QueueName, int], tuple[int, list[float]]] = {}
    queue_of = queue_reader(plan)
    for line, row in padded_rows(plan):
        try:
            queue = queue_of(row)
            start = start_of(plan, row).at
            wait_s = _wait_s(plan, row, start)
            half_hour = clock.moment(start, line) // USUAL_INTERVAL_S * USUAL_INTERVAL_S
        except NotReadable as reason:
            yield LeftOut(line, str(reason))
            continue
        _, sums = sums_by_interval.setdefault((queue, half_hour), (line, [0.0] * 4))
        sums[0] += 1
        if wait_s is not None:
            sums[1] += 1
            sums[2] += wait_s <= threshold_s(queue.queue)
            sums[3] += wait_s
    for (queue, half_hour), (line, sums) in sums_by_interval.items():
        yield ReadRow(line, queue, half_hour, USUAL_INTERVAL_S, _figures_of_calls(*sums))


def _wait_s(plan: Plan, row: list[str], start: datetime) -> float | None:
    text = next((row[column].strip() for column in plan.places(M.CALL_ANSWERED) if column < len(row)), "")
    if cells.is_unknown(text):
        return None
    return time_until(plan, text, start).total_seconds()


def _figures_of_calls(offered: float, answered: float, in_time: float, waited_s: float) -> tuple[Amount, ...]:
    figures: list[Amount] = [None] * len(NAMES)
    amounts = {
        "offered": offered,
        "answered": answered,
        "answered_in": in_time,
        "abandoned": offered - answered,
        "asa_s": waited_s / answered if answered else None,
    }
    for name, amount in amounts.items():
        figures[_FIGURE_INDEX[name]] = amount
    return tuple(figures)
