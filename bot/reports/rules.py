"""What a report says: counts, times with n, median and 90th percentile, comparison with the four before. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil
from statistics import median

from msgspec import Struct, field

from bot.errors import WatchfloorError
from bot.reports.periods import Period
from bot.reports.queues import PERIODS_BEFORE, QueueLine


class UnknownRegion(WatchfloorError):
    """{given} isn't a region of the reports. Regions: {known}."""

    es = "{given} no es ninguna región de los informes. Hay {known}."


class NoRegions(UnknownRegion):
    """The reports have no regions, so {given} isn't one. Regions are defined in `floor.yaml`, under `reports`."""

    es = (
        "Los informes no tienen regiones, así que {given} no es ninguna. Las regiones se definen en `floor.yaml`, "
        "en `reports`."
    )


class Counted(Struct, frozen=True):
    """An incident as reports count it; lengths are seconds, None for what is not known."""

    number: int
    title: str
    severity: str
    type: str
    sites: tuple[str, ...]
    declared_at: datetime
    detect_s: float | None = None
    acknowledge_s: float | None = None
    mitigate_s: float | None = None
    resolve_s: float | None = None
    updates_kept: int = 0
    updates_promised: int = 0


class Spread(Struct, frozen=True):
    """How long something took, in seconds: how often it is known, the median, and the 90th percentile."""

    n: int
    median: float | None
    p90: float | None


class Row(Struct, frozen=True):
    """A line of a report: this period, and the four before it."""

    group: str
    name: str
    now: float | None
    before: float | None
    # `count`, `seconds` or `percent`; `n` is the sample size where that differs from the value.
    unit: str = "count"
    n: int | None = None


class Work(Struct, frozen=True):
    """Work items of a kind in a period: how many came, ended and were open at its end; targets; the people."""

    intake: int = 0
    ended: int = 0
    backlog: int = 0
    with_target: int = 0
    met: int = 0
    people: int = 0


class Tally(Struct, frozen=True):
    """What other nouns count in a period, besides incidents."""

    handovers: int = 0
    handovers_complete: int = 0
    gaps: int = 0
    gaps_late: int = 0
    follow_ups_overdue: int = 0
    guides_missing: int = 0
    guides_written: int = 0
    # By kind of work item, if any are read.
    work: Mapping[str, Work] = field(default_factory=dict)


class Report(Struct, frozen=True):
    """Everything that a report shows."""

    period: Period
    region: str
    rows: Sequence[Row]
    incidents: Sequence[Counted]
    # The number of incidents in each of the previous four periods, oldest first, and then in this one.
    trend: Sequence[tuple[str, int]] = field(default=())
    # The busiest first.
    queues: Sequence[QueueLine] = field(default=())

    def row(self, group: str, name: str) -> Row:
        return next(row for row in self.rows if (row.group, row.name) == (group, name))


WORK_TITLES = {"case": "Cases", "change": "Changes", "task": "Tasks"}
TIMES = {
    "To detect": "detect_s",
    "To acknowledge": "acknowledge_s",
    "To mitigate": "mitigate_s",
    "To resolve": "resolve_s",
}


def spread(values: Iterable[float | None]) -> Spread:
    """n, median and 90th percentile of what is known."""
    sorted_values = sorted(value for value in values if value is not None)
    if not sorted_values:
        return Spread(0, None, None)
    p90 = sorted_values[ceil(0.9 * len(sorted_values)) - 1]
    return Spread(len(sorted_values), median(sorted_values), p90)


def compose(
    period: Period,
    earlier: Sequence[Period],
    incidents: Sequence[Counted],
    tallies: Sequence[Tally],
    severities: Sequence[str],
    region: str = "",
) -> Report:
    """The report from everything declared in the period and the four before; one tally each, the oldest first."""
    current_incidents = [incident for incident in incidents if period.holds(incident.declared_at)]
    past_incidents = [
        incident for incident in incidents if any(each.holds(incident.declared_at) for each in earlier)
    ]
    rows = [Row("Incidents", "All", len(current_incidents), len(past_incidents) / PERIODS_BEFORE)]
    rows += _count_rows(
        "Severity",
        [incident.severity for incident in current_incidents],
        [incident.severity for incident in past_incidents],
        severities,
    )
    rows += _count_rows(
        "Type", [incident.type for incident in current_incidents], [incident.type for incident in past_incidents]
    )
    sites = ([site for incident in some for site in incident.sites] for some in (current_incidents, past_incidents))
    rows += _count_rows("Site", *sites)
    rows += [
        row
        for name, attribute in TIMES.items()
        for row in _time_rows(name, attribute, current_incidents, past_incidents)
    ]
    rows += _promises(current_incidents, past_incidents)
    # Handovers, gaps, follow-ups and guides are counted for the whole floor, so a region's report has none.
    rows += [] if region else _floor_rows(tallies)
    rows += _work_rows(tallies)
    trend = [
        (each.title, sum(each.holds(incident.declared_at) for incident in incidents)) for each in (*earlier, period)
    ]
    return Report(period, region, rows, sorted(current_incidents, key=lambda incident: incident.number), trend)


def _count_rows(group: str, current: Sequence[str], past: Sequence[str], always: Collection[str] = ()) -> list[Row]:
    counts, earlier = Counter(current), Counter(past)
    names = [*always, *sorted({*counts, *earlier} - set(always))]
    return [Row(group, name, counts[name], earlier[name] / PERIODS_BEFORE) for name in names]


def _time_rows(
    name: str, attribute: str, current_incidents: Sequence[Counted], past_incidents: Sequence[Counted]
) -> list[Row]:
    now, then = (
        spread(getattr(incident, attribute) for incident in some) for some in (current_incidents, past_incidents)
    )
    return [
        Row("Time", f"{name}, median", now.median, then.median, "seconds", now.n),
        Row("Time", f"{name}, 90th percentile", now.p90, then.p90, "seconds", now.n),
    ]


def _promises(current_incidents: Sequence[Counted], past_incidents: Sequence[Counted]) -> list[Row]:
    now, then = (
        (sum(incident.updates_kept for incident in some), sum(incident.updates_promised for incident in some))
        for some in (current_incidents, past_incidents)
    )
    return [_share_row("Updates kept", now, then)]


def _share_row(name: str, now: tuple[int, int], then: tuple[int, int]) -> Row:
    return Row("Floor", name, _share(now), _share(then), "percent", now[1])


def _share(parts: tuple[int, int]) -> float | None:
    """A share in percent; None for a share of nothing."""
    return 100 * parts[0] / parts[1] if parts[1] else None


def _floor_rows(tallies: Sequence[Tally]) -> list[Row]:
    *past_tallies, current = tallies
    past_overdue = sum(tally.follow_ups_overdue for tally in past_tallies)
    rows = [
        _share_of_tallies("Handovers complete", current, past_tallies, "handovers_complete", "handovers"),
        _share_of_tallies("Gaps filled late", current, past_tallies, "gaps_late", "gaps"),
        Row("Floor", "Follow-ups overdue", current.follow_ups_overdue, past_overdue / PERIODS_BEFORE),
    ]
    if current.guides_missing or any(tally.guides_missing for tally in past_tallies):
        rows.append(
            _share_of_tallies("Missing guides written", current, past_tallies, "guides_written", "guides_missing")
        )
    return rows


def _work_rows(tallies: Sequence[Tally]) -> list[Row]:
    *past_tallies, current = tallies
    kinds = [kind for kind in WORK_TITLES if kind in current.work]
    return [row for kind in kinds for row in _rows_of_kind(kind, current, past_tallies)]


def _rows_of_kind(kind: str, current: Tally, past_tallies: Sequence[Tally]) -> list[Row]:
    title, now = WORK_TITLES[kind], current.work[kind]
    past_work = [tally.work.get(kind, Work()) for tally in past_tallies]
    rows = [
        Row(
            "Floor",
            f"{title} {name}",
            getattr(now, attribute),
            sum(getattr(tally, attribute) for tally in past_work) / PERIODS_BEFORE,
        )
        for name, attribute in (("opened", "intake"), ("ended", "ended"), ("open", "backlog"))
    ]
    past_met = sum(tally.met for tally in past_work), sum(tally.with_target for tally in past_work)
    rows.append(_share_row(f"{title} within target", (now.met, now.with_target), past_met))
    if now.people:
        before_people = sum(tally.people for tally in past_work)
        load = sum(tally.backlog for tally in past_work) / before_people if before_people else None
        rows.append(Row("Floor", f"{title} open per person", now.backlog / now.people, load, n=now.people))
    return rows


def _share_of_tallies(name: str, current: Tally, past_tallies: Sequence[Tally], part: str, whole: str) -> Row:
    past_parts = (
        sum(getattr(tally, part) for tally in past_tallies),
        sum(getattr(tally, whole) for tally in past_tallies),
    )
    return _share_row(name, (getattr(current, part), getattr(current, whole)), past_parts)
