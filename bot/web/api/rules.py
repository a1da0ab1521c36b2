"""The figures of a report on incidents, as the report in Slack counts them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.reports.rules import Counted, spread

TIMES = {
    "minutes_to_detect": "detect_s",
    "minutes_to_acknowledge": "acknowledge_s",
    "minutes_to_mitigate": "mitigate_s",
    "minutes_to_resolve": "resolve_s",
}


def report(incidents: Sequence[Counted], types: Mapping[str, str]) -> dict[str, Any]:
    """Counts, times in minutes and updates kept; `types` maps the floor's types to what people call them."""
    keys = {title: key for key, title in types.items()}
    return {
        "count": len(incidents),
        "by_severity": _counts(one.severity for one in incidents),
        "by_type": _counts(keys.get(one.type, one.type) for one in incidents),
        "by_site": _counts(site for one in incidents for site in one.sites),
        **{name: _minutes(getattr(one, attribute) for one in incidents) for name, attribute in TIMES.items()},
        "updates_kept": sum(one.updates_kept for one in incidents),
        "updates_promised": sum(one.updates_promised for one in incidents),
    }


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _minutes(lengths_s: Iterable[float | None]) -> dict[str, Any]:
    """`n`, median and 90th percentile; None where nothing was measured."""
    known = spread(lengths_s)
    return {"n": known.n, "median": _rounded(known.median), "p90": _rounded(known.p90)}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)
