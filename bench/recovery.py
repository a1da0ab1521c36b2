"""Time to recover, compared with an event-by-event simulation: 200 seeded outages, the median of 100 runs each."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.figures import Figure
from tests.rules.test_impact_expectations import is_within_one_interval

OUTAGES, REPLICATIONS = 200, 100


def measure(folder: Path) -> Sequence[Figure]:
    """Measure in how many outages both times are within one interval of the simulation's. Takes some minutes."""
    with ProcessPoolExecutor() as pool:
        agreed = list(pool.map(_agrees, range(OUTAGES)))
    share = 100 * agreed.count(True) / OUTAGES
    return [Figure("times to recover within one interval of a simulation", [share], "%", 95, is_minimum=True)]


def _agrees(seed: int) -> bool:
    return is_within_one_interval(seed, REPLICATIONS)
