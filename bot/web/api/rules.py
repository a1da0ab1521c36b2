"""The figures of a report on incidents, from plain facts. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol


class Counted(Protocol):
    """What is needed of an incident."""

    severity: str
    type: str
    sites: list[str]
    declared_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None


def report(incidents: Sequence[Counted]) -> dict[str, Any]:
    """Counts by severity, type and site; minutes from declaration to mitigation and to resolution."""
    return {
        "count": len(incidents),
        "by_severity": _counts(one.severity for one in incidents),
        "by_type": _counts(one.type for one in incidents),
        "by_site": _counts(site for one in incidents for site in one.sites),
        "minutes_to_mitigate": _lengths(incidents, lambda one: one.mitigated_at),
        "minutes_to_resolve": _lengths(incidents, lambda one: one.resolved_at),
    }


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _lengths(incidents: Sequence[Counted], end: Callable[[Counted], datetime | None]) -> dict[str, Any]:
    """`n`, median and 90th percentile (nearest rank); None where nothing was measured."""
    ends = [(one.declared_at, end(one)) for one in incidents]
    minutes = sorted((ended - began).total_seconds() / 60 for began, ended in ends if ended is not None)
    return {"n": len(minutes), "median": percentile(minutes, 50), "p90": percentile(minutes, 90)}


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The nearest rank: the smallest value that so many percent do not exceed. `ordered` is ascending."""
    if not ordered:
        return None
    rank = -(-len(ordered) * percent // 100)
    return round(ordered[max(rank, 1) - 1], 1)
