"""Files without an interval per row: forecasts with an interval per column, and logs with a call per row."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.impact.reading.plan import USUAL_INTERVAL_S, Plan, start_of
from bot.impact.reading.rows import LeftOut, QueueName, ReadRow, padded_rows, queue_reader, read_rows
from bot.impact.reading.vocabulary import LENGTHS, NUMBERS, Meaning, is_totals, meaning_of
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
    rows = list(padded_rows(plan))
    rows_with_metric = [(line, _metric(plan, row), row) for line, row in rows]
    is_plan = any(metric == M.FORECAST for _, metric, _ in rows_with_metric)
    starts = _starts(plan, zone)
    intervals: dict[tuple[QueueName, int], tuple[int, list[Amount]]] = {}
    queue_of = queue_reader(plan)
    for line, metric, row in rows_with_metric:
        meaning = _OF_PLAN.get(metric, metric) if is_plan else metric
        if meaning not in NUMBERS or any(is_totals(cell) for cell in row[:1]):
            yield LeftOut(line, "I do not know its figure")
            continue
        try:
            queue = queue_of(row)
            amounts = [(column, start, _amount(plan, meaning, row, column)) for column, start in starts]
        except NotReadable as reason:
            yield LeftOut(line, str(reason))
            continue
        for _, start, amount in amounts:
            _, figures = intervals.setdefault((queue, start), (line, [None] * len(NAMES)))
            figures[_FIGURE_INDEX[meaning]] = amount
    for (queue, start), (line, figures) in intervals.items():
        if any(amount is not None for amount in figures):
            yield ReadRow(line, queue, start, _wide_interval_s(starts), tuple(figures))


def _metric(plan: Plan, row: list[str]) -> Meaning:
    name = next((row[column] for column in plan.places(M.METRIC) if column < len(row)), "")
    return meaning_of(name)


def _starts(plan: Plan, zone: ZoneInfo) -> list[tuple[int, int]]:
    clock = Clock(zone)
    return [
        (column, clock.moment(moments.read_start(name, "", day_first=plan.day_first).at, ""))
        for column, name in enumerate(plan.sheet.header)
        if is_moment(name)
    ]


def _wide_interval_s(starts: list[tuple[int, int]]) -> int:
    distances = [b - a for (_, a), (_, b) in pairwise(starts) if b > a]
    return min(distances, default=USUAL_INTERVAL_S)


def _amount(plan: Plan, meaning: Meaning, row: list[str], column: int) -> Amount:
    text = row[column] if column < len(row) else ""
    if meaning in LENGTHS:
        return cells.read_length(text, plan.decimal)
    if meaning == M.SERVICE_LEVEL:
        return cells.read_share(text, plan.decimal, is_percent=plan.is_percent)
    return cells.read_number(text, plan.decimal)


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
        except NotReadable as reason:
            yield LeftOut(line, str(reason))
            continue
        half_hour = clock.moment(start, line) // USUAL_INTERVAL_S * USUAL_INTERVAL_S
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
    answered = (
        moments.read_start(text, "", day_first=plan.day_first).at
        if len(text) > len("12:00:00 AM")
        else datetime.combine(start.date(), moments.read_time(text), start.tzinfo)
    )
    if answered < start:
        answered += timedelta(days=1)
    return (answered - start).total_seconds()


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
