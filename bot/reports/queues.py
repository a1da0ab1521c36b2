"""The contact centre's queues in a report: a period, and the four before it. Pure."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

PERIODS_BEFORE = 4
# Queues of longer periods are not compared with earlier ones: that would read millions of rows.
LONGEST_COMPARED = timedelta(days=31, hours=1)


class QueueValues(Struct, frozen=True):
    """A queue's figures: contacts, shares in percent, times in seconds; None is unknown."""

    offered: float | None = None
    service_level: float | None = None
    asa_s: float | None = None
    aht_s: float | None = None
    abandoned: float | None = None


class QueueLine(Struct, frozen=True):
    """A queue in the period, and in the four before it; `formula` says how its service level is computed."""

    name: str
    formula: str
    now: QueueValues
    before: QueueValues


def queue_lines(
    now: Mapping[tuple[str, str], QueueValues], before: Mapping[tuple[str, str], QueueValues]
) -> list[QueueLine]:
    """Every queue of the period; for the previous four, the mean of contacts, and the rest over all of them."""
    lines = []
    for (name, formula), values in now.items():
        past = before.get((name, formula), QueueValues())
        offered = None if past.offered is None else past.offered / PERIODS_BEFORE
        lines.append(QueueLine(name, formula, values, replace(past, offered=offered)))
    return lines


def percent(share: float | None) -> float | None:
    """A share of 1 in percent."""
    return None if share is None else 100 * share
