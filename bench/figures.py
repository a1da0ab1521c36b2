"""Figures: what was measured, how often, and what it must be."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME_WIDTH, VALUE_WIDTH, LIMIT_WIDTH, UNIT_WIDTH, SPREAD_WIDTH = 72, 10, 11, 13, 22


@dataclass(frozen=True)
class Figure:
    """One row of the table. Its value is the median of the runs; without a limit it is a baseline."""

    name: str
    runs: Sequence[float]
    unit: str
    limit: float | None = None
    is_minimum: bool = False

    @property
    def value(self) -> float:
        """The median of the runs."""
        return round(statistics.median(self.runs), 3)

    @property
    def is_reached(self) -> bool | None:
        """Whether the value is within the limit; None for a baseline."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.is_minimum else self.value <= self.limit

    def row(self) -> str:
        """The figure as a row of the table."""
        must_be = "" if self.limit is None else f"{'≥' if self.is_minimum else '≤'} {_number(self.limit)}"
        seen, spread = _number(self.value), f"{_number(min(self.runs))} … {_number(max(self.runs))}"
        verdict = {True: "reached", False: "MISSED", None: "baseline"}[self.is_reached]
        return _row(self.name, must_be, seen, self.unit, spread, verdict)

    def as_json(self) -> dict[str, Any]:
        """The figure for `build/bench.json`."""
        return {
            "name": self.name,
            "value": self.value,
            "runs": list(self.runs),
            "unit": self.unit,
            "limit": self.limit,
            "is_minimum": self.is_minimum,
            "is_reached": self.is_reached,
        }


def header() -> str:
    """The first row of the table."""
    return _row("figure", "must be", "seen", "", "spread", "")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def _row(name: str, must_be: str, seen: str, unit: str, spread: str, verdict: str) -> str:
    return (
        f"{name:<{NAME_WIDTH}}{must_be:<{LIMIT_WIDTH}}{seen:>{VALUE_WIDTH}} {unit:<{UNIT_WIDTH}}"
        f"{spread:<{SPREAD_WIDTH}}{verdict}"
    ).rstrip()


# A part of the benchmark, which measures in an empty folder of its own.
Part = Callable[[Path], Sequence[Figure]]


def ratios(values: Sequence[float], baselines: Sequence[float]) -> list[float]:
    """Each value divided by the baseline that was measured beside it."""
    return [value / baseline for value, baseline in zip(values, baselines, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share * 100) // 100) - 1)]
