"""Answers and notices about figures. Pure."""

from collections.abc import Sequence
from typing import Final

HELP = (
    "`/incident figures` what the queues did and what it cost, `add` an interval, `chart` · `/incident whatif "
    "agents -6` service level with fewer agents"
)
CHART_REQUESTED = "The chart is being drawn and will be posted in the incident's channel."
FILE_DISCARDED = "Discarded; nothing of it counts."
# The source of the callers' patience.
PATIENCE_OF_QUEUE = "from this queue's waits and abandons"
PATIENCE_CONFIGURED = "as configured"
# The error shown beside a figure's field.
NOT_READABLE: Final = "{reason}. Type a number such as 120, or a time such as 5:12."
# Why a number of contacts is refused.
NOT_WHOLE: Final = "{typed} is not a whole number"
# The message posted with the chart.
CHART_SHARED: Final = "The figures as a chart, requested by {person}."
# The notice when Slack refuses the chart.
CHART_REFUSED: Final = "Slack did not let me show the chart of incident {number}: {error}."


def interval_kept(queue: str, at: str, figures: Sequence[str]) -> str:
    """The answer to a typed interval; it repeats the figures as they were understood."""
    return f"Kept: {queue} at {at}: {', '.join(figures)}. `/incident figures` shows what it means."


def other_files(columns: Sequence[str]) -> str:
    """The columns by which other files are recognised, for a person whose file is none of them."""
    return f"Other files are recognised by {', '.join(columns)}."
