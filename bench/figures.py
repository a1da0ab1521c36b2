"""A figure: what was measured, several times, and what it must be."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the table. Its value is the median of the runs."""

    name: str
    runs: Sequence[float]
    unit: str
    limit: float
    is_least: bool = False

    @property
    def value(self) -> float:
        """What is reported."""
        return round(statistics.median(self.runs), 3)

    @property
    def holds(self) -> bool:
        """Is it as it must be?"""
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    def row(self) -> str:
        """The figure as a line of the table, with its spread."""
        sign = "≥" if self.is_least else "≤"
        spread = f"{min(self.runs):.4g} … {max(self.runs):.4g}"
        verdict = "holds" if self.holds else "MISSED"
        return f"{self.name:<58}{self.value:>9.4g}  {sign} {self.limit:<7g}{self.unit:<10}{spread:<20}{verdict}"

    def as_json(self) -> dict[str, Any]:
        """The figure for `build/bench.json`."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "limit": self.limit,
            "holds": self.holds,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share * 100) // 100) - 1)]
