"""What an incident means for its queues, now and since it began, compared with what was expected. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from bot.impact.rules.assessment import Assessment, Group, Level, Past, Point, QueueFacts, Window
from bot.impact.rules.baseline import Expected, Usual, day_level, from_forecast
from bot.impact.rules.figures import (
    SERVICE_LEVELS,
    Amount,
    Figures,
    Ratio,
    Totals,
    Vector,
    added,
    ratio,
    totals_from,
    vector,
)
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.losses import Baseline, Interval, Losses, loss_vector, losses_from, points_lost
from bot.impact.rules.recovery import back_at


class _Day(Struct):
    """A queue's intervals of the day, with what was expected of each, and their totals as numbers."""

    queue: QueueFacts
    intervals: Sequence[QueueInterval]
    expected: dict[int, Expected] = field(default_factory=dict)
    vectors: list[Vector] = field(default_factory=list)


def assess(
    queues: Iterable[QueueFacts],
    series: Mapping[int, Sequence[QueueInterval]],
    past: Mapping[int, Past],
    window: Window,
    local: Callable[[int], int],
) -> Assessment:
    """Assess the queues. `series` holds the intervals of the day by queue, in order; `local` gives the site's local
    time for a moment, in seconds."""
    days = [_Day(queue, series[queue.id]) for queue in queues if series.get(queue.id)]
    for day in days:
        formula = day.queue.goal.formula
        day.vectors = [vector(_so_far(interval), formula, interval.passed_s) for interval in day.intervals]
        _expect(day, past.get(day.queue.id, Past()), window, local)
    groups = [(day, _group(day, past.get(day.queue.id, Past()), window)) for day in days]
    affected = [(day, group) for day, group in groups if group is not None]
    affected_days = [day for day, _ in affected]
    incident_intervals = [
        (day, interval) for day in affected_days for interval in day.intervals if _is_in(interval, window)
    ]
    forecast_flags = [
        day.expected[interval.starts_at].is_forecast
        for day, interval in incident_intervals
        if interval.starts_at in day.expected
    ]
    return Assessment(
        window=window,
        whole=_sum_groups("", (group for _, group in affected)),
        queues=tuple(sorted((group for _, group in affected), key=_worst_first)),
        sites=_groups_by(affected, lambda queue: queue.site),
        partners=_groups_by(affected, lambda queue: queue.partner),
        points=_points(affected_days, window),
        points_lost=points_lost(_totals_with_belonging(affected_days, window)),
        forecast_intervals=sum(forecast_flags),
        expected_intervals=len(forecast_flags),
        restated=sum(bool(interval.restated) for _, interval in incident_intervals),
        left_out=tuple(
            (day.queue.label, length_s) for day, interval in incident_intervals for length_s in interval.left_out
        ),
        actual_imports=frozenset(
            (number, day.queue.label)
            for day, interval in incident_intervals
            if _is_actual(interval.figures)
            for number in interval.actual_import_ids
        ),
        correcting_imports=frozenset(
            (interval.correcting_import_id, day.queue.label)
            for day, interval in incident_intervals
            if interval.correcting_import_id
        ),
    )


def _so_far(interval: QueueInterval) -> Figures:
    """The figures, with the part of the forecast that is for the time in which the contacts came."""
    planned = interval.figures.forecast_offered
    if interval.is_over or planned is None:
        return interval.figures
    return interval.figures._replace(forecast_offered=planned * interval.passed_s / interval.interval_s)


def _is_in(interval: QueueInterval, window: Window) -> bool:
    return interval.ends_at > window.start and interval.starts_at < window.end


def _expect(day: _Day, past: Past, window: Window, local: Callable[[int], int]) -> None:
    """Expect the forecast where there is one; else the usual, at the day's level outside the incident so far."""
    so_far: list[tuple[float, float]] = []
    usual: dict[int, Usual] = {}
    for interval in day.intervals:
        planned = _so_far(interval).forecast_offered
        if planned is not None:
            day.expected[interval.starts_at] = from_forecast(planned)
            continue
        length_s = interval.interval_s
        usual_of_length = usual.setdefault(length_s, Usual(past.offered.get(length_s, {}), length_s))
        expected = usual_of_length.at(local(interval.starts_at), level=day_level(so_far))
        if expected is None:
            continue
        expected = expected.of_part(interval.passed_s / length_s)
        day.expected[interval.starts_at] = expected
        actual = interval.figures.offered
        if actual is not None and not _is_in(interval, window):
            so_far.append((actual, expected.offered / day_level(so_far)))


def _group(day: _Day, past: Past, window: Window) -> Group | None:
    """Sum one queue over its intervals since the beginning; after the end, contacts may come back. None if nothing
    is known of what happened since the beginning."""
    goal, costs, since, against = day.queue.goal, list[Vector](), list[Vector](), Ratio()
    levels, levels_after = list[Level](), list[Level]()
    latest: tuple[QueueInterval, Vector] | None = None
    for interval, numbers in zip(day.intervals, day.vectors, strict=True):
        is_recovery = window.end <= interval.starts_at < window.until
        if not is_recovery and not _is_in(interval, window):
            continue
        figures, expected = interval.figures, day.expected.get(interval.starts_at)
        aht_s = past.aht_s if figures.forecast_aht_s is None else figures.forecast_aht_s
        usual_then = Baseline(expected.offered if expected else None, past.abandonment, past.asa_s, aht_s)
        costs.append(loss_vector(Interval(figures, usual_then, goal.target, is_recovery)))
        level = ratio(*SERVICE_LEVELS[goal.formula](figures)).value
        (levels_after if is_recovery else levels).append((interval.starts_at, level))
        if not is_recovery and _is_actual(figures):
            latest = interval, numbers
            since.append(numbers)
            against += ratio(figures.offered, expected.offered if expected else None)
    if latest is None:
        return None
    interval, numbers = latest
    return Group(
        title=day.queue.label,
        goal=goal,
        latest_at=interval.starts_at,
        latest_passed_s=interval.reported_after_s,
        now=totals_from(numbers),
        since=totals_from(added(since)),
        against_expected=against,
        losses=losses_from(added(costs)),
        agents=interval.figures.agents,
        agents_planned=interval.figures.forecast_agents,
        agents_scheduled=interval.figures.agents_scheduled,
        agents_available=interval.figures.agents_available,
        oldest_s=interval.figures.oldest_s,
        imported_level=interval.figures.imported_service_level,
        id=day.queue.id,
        levels=tuple(levels),
        back_at=back_at([*levels, *levels_after], goal.target),
    )


def _is_actual(figures: Figures) -> bool:
    """True if the figures say what happened, not only what was planned."""
    return any(
        amount is not None for amount in (figures.offered, figures.answered, figures.abandoned, figures.agents)
    )


def _sum_groups(title: str, groups: Iterable[Group]) -> Group:
    """Sum several queues; the last interval is that of the queues with the newest figures."""
    parts = list(groups)
    if not parts:
        return Group(title, None)
    latest_at = max(part.latest_at for part in parts)
    newest = [part for part in parts if part.latest_at == latest_at]
    return Group(
        title=title,
        goal=parts[0].goal if all(part.goal == parts[0].goal for part in parts) else None,
        latest_at=latest_at,
        latest_passed_s=min((part.latest_passed_s for part in newest if part.latest_passed_s), default=None),
        now=sum((part.now for part in newest), Totals()),
        since=sum((part.since for part in parts), Totals()),
        against_expected=sum((part.against_expected for part in parts), Ratio()),
        losses=sum((part.losses for part in parts), Losses()),
        agents=_if_all_known(part.agents for part in newest),
        agents_planned=_if_all_known(part.agents_planned for part in newest),
        agents_scheduled=_if_all_known(part.agents_scheduled for part in newest),
        agents_available=_if_all_known(part.agents_available for part in newest),
        imported_level=parts[0].imported_level if len(parts) == 1 else None,
        oldest_s=max((part.oldest_s for part in newest if part.oldest_s is not None), default=None),
    )


def _if_all_known(amounts: Iterable[Amount]) -> Amount:
    known = list(amounts)
    return None if None in known else sum(amount or 0.0 for amount in known)


def _groups_by(affected: Sequence[tuple[_Day, Group]], name_of: Callable[[QueueFacts], str]) -> tuple[Group, ...]:
    names = sorted({name_of(day.queue) for day, _ in affected} - {""})
    return tuple(
        _sum_groups(name, (group for day, group in affected if name_of(day.queue) == name)) for name in names
    )


def _worst_first(group: Group) -> tuple[float, str]:
    lost = group.losses.contacts_lost
    return -(lost if lost is not None else group.losses.late.amount), group.title


def _points(days: Sequence[_Day], window: Window) -> tuple[Point, ...]:
    """The day interval by interval, all queues together."""
    parts_by_start: dict[int, list[tuple[QueueInterval, Vector, Expected | None]]] = defaultdict(list)
    for day in days:
        for interval, numbers in zip(day.intervals, day.vectors, strict=True):
            parts_by_start[interval.starts_at].append((interval, numbers, day.expected.get(interval.starts_at)))
    return tuple(_point(parts_by_start[at], window) for at in sorted(parts_by_start))


def _point(parts: Sequence[tuple[QueueInterval, Vector, Expected | None]], window: Window) -> Point:
    first, expected = parts[0][0], [expected for _, _, expected in parts if expected]
    return Point(
        starts_at=first.starts_at,
        interval_s=first.interval_s,
        totals=totals_from(added(numbers for _, numbers, _ in parts)),
        expected=sum(each.offered for each in expected) if expected else None,
        low=sum(each.low for each in expected) if expected else None,
        high=sum(each.high for each in expected) if expected else None,
        is_incident=_is_in(first, window),
        agents=_if_all_known(interval.figures.agents for interval, _, _ in parts),
    )


def _totals_with_belonging(days: Sequence[_Day], window: Window) -> list[tuple[Vector, bool]]:
    """Every interval's totals, and whether it belongs to the incident."""
    return [
        (totals, _is_in(interval, window))
        for day in days
        for interval, totals in zip(day.intervals, day.vectors, strict=True)
    ]
