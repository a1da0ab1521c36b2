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
        "by_severity": _counts(incident.severity for incident in incidents),
        "by_type": _counts(keys.get(incident.type, incident.type) for incident in incidents),
        "by_site": _counts(site for incident in incidents for site in incident.sites),
        **{
            name: _minutes(getattr(incident, attribute) for incident in incidents)
            for name, attribute in TIMES.items()
        },
        "updates_kept": sum(incident.updates_kept for incident in incidents),
        "updates_promised": sum(incident.updates_promised for incident in incidents),
    }


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _minutes(lengths_s: Iterable[float | None]) -> dict[str, Any]:
    """`n`, median and 90th percentile; None where nothing was measured."""
    quantiles = spread(lengths_s)
    return {"n": quantiles.n, "median": _rounded(quantiles.median), "p90": _rounded(quantiles.p90)}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)
